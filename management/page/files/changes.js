// Forms for common changes. Each shows what would happen before the button that makes it happen.

import { ask, get } from "./api.js";
import { coded, count, h, say, show } from "./dom.js";
import { patch, report } from "./report.js";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

// A form whose first button previews `change()`: { method, path, body }. `fields` are the names that problems may have.
function changing(place, heading, lead, fields, change) {
  const problem = h("div", {});
  const below = h("div", {});
  const preview = h("button", { class: "main" }, "Preview");
  const form = h("form", { class: "card", novalidate: true, "aria-label": heading, onsubmit: (event) => { event.preventDefault(); look(); } }, problem, fields, h("div", { class: "row" }, preview));
  form.addEventListener("input", () => { show(below); });
  show(place, h("h1", {}, heading), h("p", { class: "lead" }, lead), form, below);

  async function busy(button, work) {
    button.disabled = true;
    forget(form, problem);
    try { await work(); } catch (refusal) { refused(form, problem, refusal); } finally { button.disabled = false; }
  }

  const look = () => busy(preview, async () => {
    const { method, path, body } = change();
    say("Asking what it would do.");
    const told = await ask(method, `${path}?dryRun=true`, body);
    const apply = h("button", { class: "main" }, "Apply");
    apply.addEventListener("click", () => busy(apply, async () => {
      const begun = await ask(method, path, body);
      location.hash = `#/operation/${begun.id}`;
    }));
    const title = h("h2", { tabindex: -1 }, told.changes ? `This would happen: ${told.summary}` : "Nothing would change");
    show(below, h("section", { class: "card", "aria-label": "Preview" }, title, told.note && h("p", { class: "note" }, coded(told.note)), report(told.report),
      told.patch && h("details", {}, h("summary", {}, "In the stack's file"), patch(told.patch)),
      told.changes && h("div", { class: "row" }, apply, h("button", { onclick: () => { show(below); preview.focus(); } }, "Leave it"))));
    title.focus();
  });
  return { look };
}

function forget(form, problem) {
  show(problem);
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  for (const each of form.querySelectorAll(".wrong")) show(each);
}

// Problems stand at their field where the form has it, and above the form where it has not.
function refused(form, problem, refusal) {
  const left = refusal.problems.filter((each) => {
    const name = (each.field ?? "").split(/[.[]/);
    const wrong = form.querySelector(`[data-field="${CSS.escape((each.field ?? "").replace(/\[\d+\]/g, ""))}"]`) ?? form.querySelector(`[data-field="${CSS.escape(name[0])}"]`);
    if (!wrong) return true;
    wrong.append(h("span", {}, `${each.wrong}${each.instead ? `; ${each.instead}` : ""} `));
    const control = wrong.parentElement.querySelector("input, select, textarea");
    control.setAttribute("aria-invalid", "true");
    return false;
  });
  const all = refusal.problems.length > left.length;
  if (left.length || !all) {
    show(problem, h("div", { class: "note bad", role: "alert", tabindex: -1 }, h("p", {}, refusal.message),
      left.length > 0 && h("ul", {}, left.map((each) => h("li", {}, h("code", {}, each.path), ` ${each.wrong}`, each.instead && `; ${each.instead}`))),
      refusal.operation && h("p", {}, h("a", { href: `#/operation/${refusal.operation}` }, "the operation in the way"))));
    problem.firstChild.focus();
  } else {
    const first = form.querySelector("[aria-invalid]");
    first.focus();
    say(first.closest(".field, fieldset").querySelector(".wrong").textContent);
  }
}

function field(name, label, control, hint = "") {
  control.id = name;
  control.setAttribute("aria-describedby", hint ? `${name}-hint ${name}-wrong` : `${name}-wrong`);
  return h("div", { class: "field" }, h("label", { for: name }, label), hint && h("p", { class: "hint", id: `${name}-hint` }, hint), control, h("p", { class: "wrong", id: `${name}-wrong`, "data-field": name }));
}

export async function tierLimit({ place, words: [name] }) {
  const [{ tiers }, { declaration }] = await Promise.all([get("/overview"), get(`/consumers/${encodeURIComponent(name)}`)]);
  const { limits } = tiers.find((tier) => tier.name === name);
  const inputs = Object.fromEntries(["minute", "hour", "day"].map((each) => [each, h("input", { type: "number", min: 1, step: 1, inputmode: "numeric", value: limits[each] })]));
  changing(place, `The limit of ${name}`, `Now ${count(limits.minute)} a minute, ${count(limits.hour)} an hour and ${count(limits.day)} a day, ${declaration.fairness === "tier" ? "for all its users together" : "for each of its users"}.`,
    h("fieldset", {}, h("legend", {}, "Requests"), h("div", { class: "trio" },
      field("limits.minute", "a minute", inputs.minute), field("limits.hour", "an hour", inputs.hour), field("limits.day", "a day", inputs.day))),
    () => {
      const { times: _, ...rest } = declaration;
      return { method: "PUT", path: `/consumers/${encodeURIComponent(name)}`, body: { ...rest, limits: Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, Number(input.value)])) } };
    });
}

export async function newRoute({ place }) {
  const [{ items }, { tiers }] = await Promise.all([get("/services"), get("/overview")]);
  const groups = [...new Set(tiers.map((tier) => tier.group))];
  const choice = (name, type, value, checked = false) => h("label", {}, h("input", { type, name, value, checked }), value);
  const service = h("select", {}, items.map((each) => h("option", {}, each.name)));
  const name = h("input", { autocomplete: "off", spellcheck: "false" });
  const paths = h("textarea", { rows: 2, spellcheck: "false" });
  const reason = h("input", { autocomplete: "off" });
  const body = h("input", { type: "number", min: 1, max: 1024, inputmode: "numeric" });
  const chosen = (of) => [...place.querySelectorAll(`input[name="${of}"]:checked`)].map((each) => each.value);
  const open = () => chosen("who")[0] === "everybody";
  const members = h("div", { class: "choices" }, groups.map((each) => choice("group", "checkbox", each)));
  const why = field("access.public", "Why everybody may", reason, "In words for the next reader; at least ten characters.");
  why.hidden = true;
  const who = h("div", { class: "choices", onchange: () => { members.hidden = open(); why.hidden = !open(); } },
    choice("who", "radio", "members of groups", true), choice("who", "radio", "everybody"));
  changing(place, "New route", "A path of a service, and who may use it. It is there for everybody at once when it is applied.", [
    h("div", { class: "pair" }, field("service", "Service", service), field("name", "Name", name, "Unique in the gateway, such as reports-read.")),
    field("paths", "Path prefixes", paths, "One a line, such as /api/reports/. The longest that fits a request wins."),
    h("fieldset", {}, h("legend", {}, "Methods"), h("div", { class: "choices" }, METHODS.map((each) => choice("method", "checkbox", each, each === "GET"))), h("p", { class: "wrong", "data-field": "methods" })),
    h("fieldset", {}, h("legend", {}, "Who may use it"), who, h("p", { class: "wrong", "data-field": "access" })),
    h("fieldset", {}, h("legend", { class: "unseen" }, "Groups"), members, h("p", { class: "wrong", "data-field": "access.groups" })), why,
    field("maxBody", "Largest body, in megabytes", body, "What the stack says for all routes when left empty."),
  ], () => ({
    method: "POST", path: "/routes", body: {
      service: service.value, name: name.value.trim(), paths: paths.value.split("\n").map((line) => line.trim()).filter(Boolean), methods: chosen("method"),
      access: open() ? { public: reason.value.trim() } : { groups: chosen("group") },
      ...(body.value && { maxBody: Number(body.value) }),
    },
  }));
}

export async function setup({ place }) {
  changing(place, "Set the gateway up", "Everything that the stack declares is made so: what is missing is made, what differs is changed.", [], () => ({ method: "POST", path: "/setup" })).look();
}
