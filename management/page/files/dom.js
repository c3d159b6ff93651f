// Elements from words: h("p", { class: "soft" }, "text", another). Texts are never HTML.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in { value: 0, checked: 0, disabled: 0, open: 0 }) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function show(parent, ...children) {
  parent.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
}

// What people who do not see the page hear.
export function say(text) {
  document.getElementById("said").textContent = text;
}

export const count = (number) => Number(number).toLocaleString("en");

export function ago(when) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(when).getTime()) / 1000));
  const [number, unit] =
    seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [Math.floor(seconds / 60), "minute"]
    : seconds < 86400 ? [Math.floor(seconds / 3600), "hour"] : [Math.floor(seconds / 86400), "day"];
  return h("time", { datetime: when, title: new Date(when).toLocaleString() }, `${number} ${unit}${number === 1 ? "" : "s"} ago`);
}

export const plural = (number, one, several = `${one}s`) => `${count(number)} ${number === 1 ? one : several}`;

// A text in which `such` words are code.
export const coded = (text) => text.split("`").map((part, at) => at % 2 ? h("code", {}, part) : part);

export const word = (text, kind = "") => h("span", { class: `word ${kind}` }, text);

export function table(caption, heads, rows, stacked = true) {
  const cells = (row) => row.map((cell, at) => {
    const { of, number } = heads[at];
    return at === 0
      ? h("th", { scope: "row" }, cell)
      : h("td", { class: number && "number", "data-of": of }, cell);
  });
  return h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    h("table", { class: stacked && "stacked" },
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, heads.map(({ of, number, said }) => h("th", { scope: "col", class: number && "number" }, of || h("span", { class: "unseen" }, said))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, cells(row))))));
}
