// Tiers, their limits, and who hits them.

import { get } from "./api.js";
import { count, h, plural, show, table } from "./dom.js";

export const limited = (traffic) => traffic === null ? "unknown" : count(traffic.limited);

// Requests, errors, limited, latency: as cells of a table.
export function traffic(each) {
  if (each === null) return ["unknown", "", "", ""];
  return [count(each.requests), count(each.serverErrors + each.clientErrors), count(each.limited),
    each.latency ? `${count(Math.round(each.latency.p95))} ms` : "–"];
}

function share(tier) {
  if (tier.traffic === null) return "unknown";
  const { limited: hits, requests } = tier.traffic;
  const part = requests ? hits / requests : 0;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 4");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  bar.setAttribute("width", String(100 * part));
  bar.setAttribute("height", "4");
  svg.append(bar);
  return h("span", {}, hits ? `${count(hits)} (${(100 * part).toFixed(part < .1 ? 1 : 0)} %)` : "nobody", h("span", { class: "bar" }, svg));
}

export async function tiers({ place, access }) {
  const { tiers: every } = await get("/overview");
  const may = access.permissions.includes("declare consumers");
  show(place,
    h("h1", {}, "Tiers"),
    h("p", { class: "lead" }, `${plural(every.length, "class", "classes")} of customers, each with a limit over all routes. Counted since Kong's nodes started.`),
    h("section", { class: "card", "aria-label": "Tiers and their limits" },
      table("Tiers and their limits",
        [{ of: "Tier" }, { of: "A minute", number: true }, { of: "An hour", number: true }, { of: "A day", number: true }, { of: "Counted" }, { of: "Requests", number: true }, { of: "Hit the limit" }, { of: "", said: "Change" }],
        every.map((tier) => [tier.name, count(tier.limits.minute), count(tier.limits.hour), count(tier.limits.day),
          tier.fairness === "subject" ? "for each user" : "for all together",
          tier.traffic ? count(tier.traffic.requests) : "unknown", share(tier),
          may ? h("a", { href: `#/limit/${encodeURIComponent(tier.name)}`, "aria-label": `Change the limit of ${tier.name}` }, "Change") : ""]))));
}
