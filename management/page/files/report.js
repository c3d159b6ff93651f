// What a change would do, or did: for users first, then in Kong and Kubernetes, then in the stack's file.

import { coded, count, h, plural, table, word } from "./dom.js";
import { written } from "./drift.js";

const ACTIONS = { create: "good", update: "warn", replace: "warn", delete: "bad" };
const callers = (view) => view === null ? "–" : { everybody: "everybody", known: "whoever is known", nobody: "nobody" }[view.callers.who] ?? view.callers.groups.join(", ");
const taken = (view) => view === null ? "–" : `${view.methods.join(", ") || "every method"} ${view.paths.join(", ")}`;
const number = (value) => value === null ? "–" : count(value);

export function report(told) {
  const open = told.routes.filter((each) => each.after?.callers.who === "everybody" && each.before?.callers.who !== "everybody");
  return h("div", {},
    told.failure && h("p", { class: "note bad" }, told.failure),
    told.note && h("p", { class: "note" }, coded(told.note)),
    open.length > 0 && h("div", { class: "note bad" }, h("p", {}, "Open to everybody from now on: ", open.map((each) => each.name).join(", "))),
    told.limits.length > 0 && table("Limits", [{ of: "Whose" }, { of: "Of" }, { of: "Before", number: true }, { of: "Now", number: true }],
      told.limits.map((each) => [each.whose, each.of, number(each.before), number(each.after)])),
    told.routes.length > 0 && table("Routes", [{ of: "Route" }, { of: "Takes" }, { of: "Who may pass before" }, { of: "Now" }],
      told.routes.map((each) => [each.name, taken(each.after ?? each.before), callers(each.before), callers(each.after)])),
    told.costs.length > 0 && h("ul", {}, told.costs.map((each) => h("li", {}, `${each.kind} ${each.name} ${each.effect}`, each.detail && `: ${each.detail}`))),
    told.changes.length > 0
      ? h("details", {}, h("summary", {}, `${plural(told.changes.length, "change")} in all`),
        h("ul", { class: "plain" }, told.changes.map((each) => h("li", {},
          word(each.action, ACTIONS[each.action]), " ", h("b", {}, each.kind), " ", h("code", {}, each.key), each.decides_access && [" ", word("decides who may pass", "bad")],
          each.action === "update" && each.fields.map((field) => h("div", { class: "soft small" }, h("code", {}, `${field.path.join(".")}: ${written(field.before)} → ${written(field.after)}`)))))))
      : !told.failure && h("p", { class: "soft" }, "Nothing changes."));
}

export function patch(text) {
  const kind = (line) => line.startsWith("+++") || line.startsWith("---") || line.startsWith("@@") ? "place" : { "+": "plus", "-": "minus" }[line[0]];
  return h("pre", { class: "patch", tabindex: 0, role: "group", "aria-label": "Changes of the stack's file" }, text.trimEnd().split("\n").map((line) => h("span", { class: kind(line) }, line)));
}
