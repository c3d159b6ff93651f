// The way of a request through routes and plugins.

import { get } from "./api.js";
import { h, say, show, word } from "./dom.js";

export async function way({ place, signal, words }) {
  const { tiers } = await get("/overview");
  const method = h("select", { id: "method" }, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((each) => h("option", {}, each)));
  const path = h("input", { id: "path", value: words.length ? `/${words.slice(1).join("/")}` : "/api/orders/1", autocomplete: "off", spellcheck: "false", required: true, pattern: "/.*" });
  const tier = h("select", { id: "tier" }, h("option", { value: "" }, "nobody: no token"), tiers.map((each) => h("option", { value: each.name }, each.name)));
  tier.value = tiers[0]?.name ?? "";
  const result = h("div", {});
  const look = async (event) => {
    event?.preventDefault();
    const query = new URLSearchParams({ method: method.value, path: path.value.split(/[?#]/)[0], ...(tier.value && { tier: tier.value }) });
    try {
      const found = await get(`/way?${query}`);
      if (signal.aborted) return;
      draw(result, found, { method: method.value, path: path.value, tier: tier.value });
      if (event) say(`${found.route ? `Route ${found.route}` : "No route"}: ${found.status ? `${found.status}, ` : ""}${found.reason}.`);
    } catch (problem) {
      show(result, h("p", { class: "note bad", role: "alert" }, problem.message));
    }
  };
  show(place,
    h("h1", {}, "A request's way"),
    h("p", { class: "lead" }, "Which route takes it, which plugins run on it, in Kong's order, and where it ends, as the stack declares it."),
    h("form", { class: "card", onsubmit: look },
      h("div", { class: "ask" },
        h("div", { class: "field" }, h("label", { for: "method" }, "Method"), method),
        h("div", { class: "field wide" }, h("label", { for: "path" }, "Path"), path),
        h("div", { class: "field" }, h("label", { for: "tier" }, "Token of"), tier),
        h("button", { class: "main" }, "Show"))),
    result);
  method.addEventListener("change", look);
  tier.addEventListener("change", look);
  await look();
}

function draw(result, found, request) {
  const others = found.contenders.slice(1);
  const end = found.status
    ? null
    : h("li", { class: "end" }, h("p", {}, h("b", {}, "Backend "), h("code", {}, found.backend ?? "")), h("p", { class: "soft small" }, found.reason));
  show(result, h("section", { class: "card", "aria-labelledby": "result" },
    h("div", { class: "row apart" }, h("h2", { id: "result" }, found.route ? `Route ${found.route}` : "No route"),
      found.status ? word(`Kong answers ${found.status}`, "bad") : word("reaches the backend", "good")),
    h("ol", { class: "way" },
      h("li", {}, h("p", {}, h("b", {}, `${request.method} ${request.path}`)), h("p", { class: "soft small" }, request.tier ? `with a token of ${request.tier}` : "without a token")),
      found.route
        ? h("li", {}, h("p", {}, h("b", {}, "Route "), h("code", {}, found.route)),
          h("p", { class: "soft small" }, found.contenders[0].paths.join(", "), others.length ? `; before ${others.map((each) => each.route).join(", ")}, which would fit as well` : ""))
        : h("li", { class: "refuses" }, h("p", {}, h("b", {}, "404 ")), h("p", { class: "small" }, found.reason)),
      found.steps.map((step) => h("li", { class: step.refuses ? "refuses" : step.reached ? "" : "unreached" },
        h("p", {}, h("b", {}, step.plugin), " ", h("span", { class: "key soft" }, step.key)),
        h("p", { class: "small" }, step.reached ? step.does : `not reached${step.does ? `: ${step.does}` : ""}`),
        step.refuses && h("p", { class: "small" }, word(step.refuses, "bad")))),
      end)));
}
