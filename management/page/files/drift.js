// What is live and not as declared.

import { get } from "./api.js";
import { count, h, plural, show, table, word } from "./dom.js";

const SORTS = [["missing", "Declared and not there", "bad"], ["changed", "Not as declared", "warn"], ["undeclared", "There and not declared", "warn"]];
export const written = (value) => value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value);

export async function drift({ place, access }) {
  const { drift: report, wrong } = await get("/configuration?kind=services");
  if (report === null) {
    return show(place, h("h1", {}, "Drift"), h("p", { class: "lead" }, "Nobody can tell whether the gateway is as declared."), wrong.map((text) => h("p", { class: "note bad" }, text)));
  }
  const may = access.permissions.includes("setup");
  show(place,
    h("div", { class: `state ${report.clean ? "good" : "warn"}` }, h("span", { class: "dot" }), h("h1", {}, report.clean ? "The gateway is as declared" : "The gateway has drifted")),
    h("p", { class: "lead" }, report.clean
      ? `All of ${plural(report.nodes[0]?.declared ?? 0, "declared entity", "declared entities")} are there, and nothing differs.`
      : "Somebody changed it past its stack. Setting it up makes it what the stack declares."),
    !report.clean && may && h("p", {}, h("a", { class: "button main", href: "#/setup" }, "Set the gateway up …")),
    report.nodes.map((node) => SORTS.map(([key, title, kind]) => node[key].length > 0 && h("section", { class: "card", "aria-label": title },
      h("div", { class: "row apart" }, h("h2", {}, title), word(count(node[key].length), kind)),
      node.pods.length > 0 && h("p", { class: "soft small" }, `on ${node.pods.join(", ")}`),
      node[key].map((entity) => h("div", {},
        h("h3", {}, `${entity.kind} `, h("code", {}, entity.key), " ", entity.decidesAccess && word("decides who may pass", "bad")),
        entity.tie && h("p", { class: "soft small" }, entity.tie),
        entity.fields.length > 0 && table(`Fields of ${entity.key}`, [{ of: "Field" }, { of: "Declared" }, { of: "Live" }],
          entity.fields.map((field) => [h("code", {}, field.path.join(".")), h("code", {}, written(field.desired)), h("code", {}, written(field.live))]))))))));
}
