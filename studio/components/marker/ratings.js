// Eight ratings for each note: native radio buttons, so that Tab and the arrow keys work as everywhere.

const RATING_VALUES = [1, 2, 3, 4, 5, null];

function ratingsTable() {
  const heads = sides().map((side) => h("th", { scope: "col" }, sides().length > 1 ? fill(words.desk.note, { side: SIDE_NAMES[side] }) : ""));
  const rows = desk.labels.dimension.map((dimension) => h("tr", {},
    h("th", { scope: "row" }, dimension.title),
    sides().map((side) => h("td", {}, ratingRow(side, dimension)))));
  return h("table", { class: "ratings" }, h("thead", {}, h("tr", {}, h("td", {}), heads)), h("tbody", {}, rows));
}

function ratingRow(side, dimension) {
  const name = `rating-${side}-${dimension.id}`;
  const options = RATING_VALUES.map((value) => ratingOption(side, dimension, name, value));
  return h("span", { class: "rating", role: "radiogroup", "aria-label": `${dimension.title}, ${fill(words.desk.note, { side: SIDE_NAMES[side] })}` }, options);
}

function ratingOption(side, dimension, name, value) {
  const anchor = value === null ? words.judging.not_judged : `${value}: ${dimension.anchors[value - 1]}`;
  const tell = () => { root.querySelector(".anchor").replaceChildren(h("b", {}, dimension.title), ` ${anchor}`); };
  const input = h("input", {
    type: "radio", name, checked: side in desk.ratings && desk.ratings[side][dimension.id] === value, disabled: closed(),
    "aria-label": anchor, "data-value": value === null ? "0" : String(value),
    onchange: () => rate(side, dimension.id, value), onfocus: tell,
  });
  return h("label", { title: anchor, onmouseenter: tell }, input, h("span", { class: value === null ? "cell not-judged" : "cell" }, value === null ? words.judging.not_judged_short : String(value)));
}

function rate(side, dimension, value) {
  desk.ratings[side][dimension] = value;
  save({ do: "rate", side, dimension, value });
  drawTools();
}

// A digit pressed while a rating has the focus chooses that value.
function rateByKey(target, key) {
  const input = target.closest(".rating").querySelector(`[data-value="${CSS.escape(key)}"]`);
  if (!input || input.disabled) return;
  input.focus();
  input.click();
}

// The comparison of the two notes, or for a single note whether it is unacceptable.
function preference() {
  const two = sides().length > 1;
  const values = two ? ["left", "right", "tie", "neither"] : ["neither"];
  const texts = two ? words.judging : { neither: words.judging.unacceptable_one };
  const options = values.map((value) => h("label", { class: `prefer prefer-${value}` },
    h("input", { type: "radio", name: "preference", checked: desk.review.preference === value, disabled: closed(), onchange: () => prefer(value) }),
    h("span", { class: "cell" }, texts[value])));
  const question = two ? words.judging.preference : words.judging.acceptable_one;
  return h("div", { class: "preference", role: "radiogroup", "aria-label": question }, h("span", { class: "question" }, question), options);
}

function prefer(value) {
  desk.review.preference = value;
  save({ do: "prefer", preference: value });
}
