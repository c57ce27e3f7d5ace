// The study's guideline, one key away, as the text that it is.

async function showGuideline() {
  const answer = await ask({ do: "guideline" });
  const text = answer?.ok ? answer.text : answer?.sentence || words.desk.unreachable;
  const paragraphs = text.split(/(?:\r?\n){2,}/).map((paragraph) => h("p", {}, paragraph));
  const box = sheet(root, words.guideline.title, h("div", { class: "guideline", tabindex: "0" }, paragraphs), [closing(words.desk.close)]);
  box.classList.add("sheet-wide");
}

bind("g", showGuideline);
