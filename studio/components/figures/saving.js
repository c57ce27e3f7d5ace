// Files out of the page: a plot as SVG or PNG, a table as CSV, everything as the export.

function saveFile(name, blob) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// A drawing that stands alone: the tokens as the colours that they are now.
function standalone(svg) {
  const style = getComputedStyle(root);
  const copy = svg.cloneNode(true);
  for (const node of copy.querySelectorAll("[data-tip]")) node.remove();
  const margin = 16;
  const [width, height] = [Number(svg.getAttribute("width")) + 2 * margin, Number(svg.getAttribute("height")) + 2 * margin];
  copy.setAttribute("viewBox", `${-margin} ${-margin} ${width} ${height}`);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const ground = copy.querySelector(".ground");
  for (const [name, value] of Object.entries({ x: -margin, y: -margin, width, height })) ground.setAttribute(name, value);
  const colour = (_, token) => style.getPropertyValue(token).trim();
  return { text: new XMLSerializer().serializeToString(copy).replace(/var\((--[\w-]+)\)/g, colour), width, height };
}

function saveSvg(plot, svg) {
  saveFile(`${plot.id}.svg`, new Blob([standalone(svg).text], { type: "image/svg+xml" }));
}

async function savePng(plot, svg) {
  const { text, width, height } = standalone(svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = h("canvas", { width: width * 2, height: height * 2 });
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  context.drawImage(image, 0, 0, width, height);
  canvas.toBlob((blob) => saveFile(`${plot.id}.png`, blob), "image/png");
}

function saveCsv(plot) {
  const quoted = (cell) => (/[",\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));
  const text = csvRows(plot).map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
  saveFile(`${plot.id}.csv`, new Blob([text], { type: "text/csv" }));
}

function saveButtons(plot, drawn) {
  const one = (format, onclick) => {
    const title = fill(words.plots.save, { title: plot.title, format });
    return h("button", { type: "button", "aria-label": title, title, onclick }, format);
  };
  const svg = one(words.plots.save_svg, () => saveSvg(plot, drawn()));
  const png = one(words.plots.save_png, () => savePng(plot, drawn()));
  const pictures = plot.axis ? [svg, png] : [];
  return h("span", { class: "saves" }, ...pictures, one(words.plots.save_csv, () => saveCsv(plot)));
}

// The whole export, asked for and saved in one go.
function exportSection() {
  const told = h("p", { class: "said", role: "status" });
  const save = (format) => (event) => exportAll(format, told, event.currentTarget);
  const one = (text, format) => h("button", { type: "button", class: "wide", onclick: save(format) }, text);
  const both = h("div", { class: "buttons" }, one(words.saving.jsonl, "jsonl"), one(words.saving.csv, "csv"));
  return h("section", { class: "card export" }, h("h2", {}, words.saving.title), h("p", {}, words.saving.lead), both, told);
}

async function exportAll(format, told, pressed) {
  pressed.disabled = true;
  const answer = await ask({ do: "export", format });
  pressed.disabled = false;
  told.textContent = answer ? answer.sentence || "" : words.page.unreachable;
  if (answer?.ok) saveFile(answer.name, new Blob([Uint8Array.from(atob(answer.base64), (sign) => sign.charCodeAt(0))]));
}
