// The audit trail, and one operation: what it changes, how far it is, and what came of it.

import { get, states } from "./api.js";
import { ago, h, plural, say, show, word } from "./dom.js";
import { patch, report } from "./report.js";

const KINDS = { running: "", succeeded: "good", "rolled-back": "warn", failed: "bad", refused: "warn", denied: "bad" };
const VERBS = { setup: "Set up", declare: "Declare", change: "Change", remove: "Remove", read: "Read" };
export const status = (operation) => word(operation.status, KINDS[operation.status]);
export const title = (operation) => [VERBS[operation.verb], operation.resource, operation.name].filter(Boolean).join(" ");

export function listed(operations) {
  return h("ul", { class: "plain" }, operations.map((each) => h("li", {},
    h("div", { class: "row apart" }, h("a", { href: `#/operation/${each.id}` }, title(each)), status(each)),
    h("div", { class: "soft small" }, each.summary && `${each.summary}, `, each.askedBy.name || "a stranger", ", ", ago(each.askedAt), each.times > 1 && `, ${each.times} times`))));
}

export async function operations({ place }) {
  const list = h("div", {});
  const more = h("button", {}, "Older ones");
  let next = null;
  const load = async () => {
    const page = await get(`/operations?limit=20${next ? `&before=${next}` : ""}`);
    next = page.next;
    list.append(page.operations.length ? listed(page.operations) : h("p", { class: "soft" }, "Nothing was asked for yet."));
    more.hidden = next === null;
  };
  more.addEventListener("click", load);
  await load();
  show(place,
    h("h1", {}, "Operations"),
    h("p", { class: "lead" }, "Who asked for what, and what became of it: changes, refusals and denials."),
    h("section", { class: "card", "aria-label": "Operations" }, list), more);
}

export async function operation({ place, signal, words: [id] }) {
  const now = await get(`/operations/${id}`);
  // The heading stays, and with it the focus; what is below it is drawn anew each time.
  const state = h("span", {}), body = h("div", {});
  const become = (then) => { show(state, status(then)); draw(body, then); };
  show(place, h("div", { class: "row apart" }, h("h1", {}, title(now)), state), body);
  become(now);
  if (now.status === "running") follow(become, signal, id).catch((problem) => say(problem.message));
}

async function follow(become, signal, id) {
  let told = 0;
  for await (const now of states(id)) {
    if (signal.aborted) return;
    become(now);
    const last = now.progress.at(-1);
    if (last && last.number !== told) { told = last.number; say(`${last.action} ${last.kind} ${last.name}`); }
    if (now.status !== "running") say(`The operation has ended: ${now.status}.`);
  }
}

function draw(place, now) {
  show(place,
    h("p", { class: "lead" }, "Asked by ", now.askedBy.name || "a stranger", ", ", ago(now.askedAt), now.summary && `: ${now.summary}`, "."),
    now.detail && h("div", { class: `note ${now.status === "failed" ? "bad" : ""}` }, h("p", {}, now.detail)),
    now.problems.length > 0 && h("section", { class: "card" }, h("h2", {}, "What was wrong"),
      h("ul", { class: "plain" }, now.problems.map((each) => h("li", {}, h("code", {}, each.path), ` ${each.wrong}`, each.instead && `; ${each.instead}`)))),
    now.left.length > 0 && h("section", { class: "card" }, h("h2", {}, "What is left"), h("ul", {}, now.left.map((each) => h("li", {}, each)))),
    now.finish && h("p", { class: "note" }, `To finish: ${now.finish}`),
    (now.status === "running" || now.progress.length > 0) && h("section", { class: "card", "aria-labelledby": "progress" },
      h("div", { class: "row apart" }, h("h2", { id: "progress" }, "Progress"), h("span", { class: "soft small" }, now.status === "running" ? now.now || "under way" : plural(now.progress.length, "resource"))),
      h("ol", { class: "plain log", tabindex: 0, "aria-label": "What is done" }, now.progress.map((step) => h("li", {},
        h("div", {}, word(step.action), " ", h("b", {}, step.kind), " ", h("code", {}, step.name)),
        step.changes.map((change) => h("div", { class: "soft small" }, h("code", {}, change))))))),
    now.preview && h("section", { class: "card" }, h("h2", {}, "What it changes"), report(now.preview)),
    now.patch && h("section", { class: "card" }, h("h2", {}, "In the stack's file"), patch(now.patch)));
}
