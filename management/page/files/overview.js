// What a person wants to know first.

import { get } from "./api.js";
import { ago, count, h, plural, say, show, table } from "./dom.js";
import { limited, traffic } from "./tiers.js";
import { listed } from "./operations.js";

const EVERY = 10_000; // milliseconds

export async function overview({ place, signal, access }) {
  let before = null;
  const look = async () => {
    const now = await get("/overview");
    if (signal.aborted) return;
    draw(place, now, access);
    if (before !== null && before !== now.healthy) say(now.healthy ? "The gateway is healthy again." : `Something is wrong: ${now.wrong.join("; ")}`);
    before = now.healthy;
  };
  await look();
  const timer = setInterval(() => document.hidden || place.contains(document.activeElement) || look().catch(() => {}), EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function draw(place, now, access) {
  const { drift } = now;
  const differences = drift.missing + drift.changed + drift.undeclared;
  show(place,
    h("div", { class: `state ${now.healthy ? "good" : "bad"}` }, h("span", { class: "dot" }), h("h1", {}, now.healthy ? "The gateway is healthy" : "Something is wrong")),
    now.healthy
      ? h("p", { class: "lead" }, "Every node takes requests. Read ", ago(now.readAt), ".")
      : h("div", { class: "lead" }, now.wrong.map((text) => h("p", { class: "note bad" }, text))),
    now.running && h("p", { class: "note" }, "Under way: ", h("a", { href: `#/operation/${now.running.id}` }, `${now.running.verb} ${now.running.resource} ${now.running.name}`)),
    h("dl", { class: "facts" },
      fact("Nodes", `${now.readyNodes} of ${now.nodes}`, "ready"),
      now.counts && fact("Routes", count(now.counts.routes), `of ${plural(now.counts.services, "service")}`),
      fact("Drift", drift.clean === null ? "?" : drift.clean ? "none" : count(differences), drift.clean === null ? "unknown" : drift.clean ? "as declared" : "differences"),
      now.lintFindings !== null && fact("Lint", now.lintFindings ? count(now.lintFindings) : "clean", now.lintFindings ? "findings" : "nothing open"),
      fact("Last applied", now.lastApply ? ago(now.lastApply.at) : "–", now.lastApply ? "" : "not through here")),
    h("div", { class: "pair" },
      h("section", { class: "card", "aria-labelledby": "tiers" },
        h("div", { class: "row apart" }, h("h2", { id: "tiers" }, "Tiers"), h("a", { class: "small", href: "#/tiers" }, "All about tiers")),
        table("Tiers", [{ of: "Tier" }, { of: "Requests a minute", number: true }, { of: "Limited", number: true }],
          now.tiers.map((tier) => [tier.name, count(tier.limits.minute), limited(tier.traffic)]))),
      h("section", { class: "card", "aria-labelledby": "operations" },
        h("div", { class: "row apart" }, h("h2", { id: "operations" }, "Latest operations"), h("a", { class: "small", href: "#/operations" }, "Audit trail")),
        now.operations.length ? listed(now.operations) : h("p", { class: "soft" }, "Nothing was changed through here yet."))),
    h("section", { class: "card", "aria-labelledby": "busiest" },
      h("div", { class: "row apart" }, h("h2", { id: "busiest" }, "Busiest routes"), access.permissions.includes("declare routes") && h("a", { class: "small", href: "#/route" }, "New route")),
      now.busiest.length
        ? table("Busiest routes", [{ of: "Route" }, { of: "Requests", number: true }, { of: "Errors", number: true }, { of: "Limited", number: true }, { of: "95 % within", number: true }],
          now.busiest.map(({ name, traffic: each }) => [name, ...traffic(each)]))
        : h("p", { class: "soft" }, "There are no routes.")));
}

const fact = (name, value, small) => h("div", {}, h("dt", {}, name), h("dd", {}, value, h("small", {}, small)));