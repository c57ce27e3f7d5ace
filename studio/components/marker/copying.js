// Copying a note. Browsers give the clipboard to pages of this machine and to https alone; elsewhere the old way must do.

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const area = h("textarea", { class: "copying", "aria-hidden": "true", tabindex: "-1", value: text });
  root.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}

// A button that copies what textOf gives, and says for a moment whether it did.
function copyButton(title, textOf) {
  const one = button(title, async () => {
    one.textContent = (await copyText(textOf())) ? words.correcting.copied : words.correcting.not_copied;
    setTimeout(() => { one.textContent = title; }, 2500);
  }, { class: "btn quiet copy", "aria-live": "polite" });
  return one;
}
