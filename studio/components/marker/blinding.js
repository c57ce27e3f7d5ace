// A note that names a model is not shown before the reviewer has agreed; until then the page has not a word of it.

function withheldPane(side) {
  const name = fill(words.desk.note, { side: SIDE_NAMES[side] });
  const text = h("div", { class: `text text-${side}` });
  paneTexts[side] = text;
  return h("section", { class: `pane pane-${side}`, "aria-label": name },
    h("header", { class: "pane-head" }, h("h2", {}, name), h("kbd", { "aria-hidden": "true" }, PANE_KEYS[side])),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name },
      h("div", { class: "ground", "aria-hidden": "true" }), text,
      h("div", { class: "withheld" }, h("p", {}, words.blinding.withheld), h("p", { class: "hint" }, words.blinding.meaning),
        button(words.blinding.agree, () => agreeToRead(side), { class: "btn agree" }))));
}

async function agreeToRead(side) {
  flushEditors();
  if (!(await settled())) return void tell(words.finishing.wait);
  const answer = await ask({ do: "agree", review: desk.review.id, side });
  if (!answer?.ok) return void tell(answer ? answer.sentence : words.desk.unreachable);
  const { correcting } = view;
  take(answer);
  rebuild();
  if (correcting) correctSide(correcting);
  return root.querySelector(`.pane-${side} .scroll`).focus();
}
