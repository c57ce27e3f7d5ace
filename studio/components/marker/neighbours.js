// Going to the next or the previous encounter that waits; what was typed is saved first.

async function toEncounter(way) {
  flushEditors();
  const id = desk[way];
  if (!desk.practice && !id) return void tell(words.reading.no_other);
  if (!(await settled())) return void tell(words.finishing.wait);
  location.assign(desk.practice ? "/" : `/review?encounter=${encodeURIComponent(id)}`);
}

// A sentence in the bar that goes away by itself.
let told = null;
function tell(sentence) {
  const box = root.querySelector(".told");
  box.textContent = sentence;
  clearTimeout(told);
  told = setTimeout(() => { box.textContent = ""; }, 5000);
}
