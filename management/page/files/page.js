// The page: who is there, and which view is shown.

import { arrive, leaveForRealm, logOut, prepare } from "./login.js";
import { get, whenLoggedOut } from "./api.js";
import { h, say, show } from "./dom.js";
import { overview } from "./overview.js";
import { way } from "./way.js";
import { tiers } from "./tiers.js";
import { drift } from "./drift.js";
import { operation, operations } from "./operations.js";
import { newRoute, tierLimit, setup } from "./changes.js";

const VIEWS = { overview, way, tiers, drift, operations, operation, route: newRoute, limit: tierLimit, setup };
const PARENTS = { operation: "operations", limit: "tiers", setup: "drift" };
const main = document.getElementById("main");
const person = document.getElementById("person");
let shown = new AbortController();
let access = null;

function welcome(problem = "") {
  document.getElementById("views").hidden = true;
  show(person);
  show(main, h("section", { class: "card welcome" },
    h("img", { src: "icon.svg", alt: "", width: 44, height: 44 }),
    h("h1", {}, "Look after the gateway"),
    h("p", { class: "soft" }, "Its health, the way of requests, tiers, drift, and changes that are previewed before they happen."),
    problem && h("p", { class: "note bad", role: "alert" }, problem),
    h("button", { class: "main", onclick: leaveForRealm }, "Log in")));
}

async function view() {
  shown.abort();
  shown = new AbortController();
  const [name, ...rest] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  const chosen = name in VIEWS ? name : "overview";
  for (const link of document.querySelectorAll("#views a")) {
    const current = link.getAttribute("href") === `#/${PARENTS[chosen] ?? chosen}`;
    if (current) link.setAttribute("aria-current", "page"), link.scrollIntoView({ block: "nearest", inline: "center" }); else link.removeAttribute("aria-current");
  }
  const { signal } = shown;
  const place = h("div", {});
  show(main, place);
  await VIEWS[chosen]({ place, signal, access, words: rest }).catch((problem) => {
    if (!signal.aborted) show(place, h("h1", {}, "This cannot be shown"), h("p", { class: "note bad", role: "alert" }, problem.message));
  });
  if (signal.aborted) return;
  const heading = place.querySelector("h1");
  document.title = `${heading?.textContent ?? "omnify-gateway"} – omnify-gateway`;
  if (moved) { heading?.setAttribute("tabindex", "-1"); heading?.focus(); }
  moved = true;
}
let moved = false;

async function begin() {
  let settings, inside;
  try {
    settings = await prepare();
    document.getElementById("stack").textContent = `stack ${settings.stack}`;
    inside = await arrive();
  } catch (problem) {
    return welcome(`Nobody can log in: ${problem.message}`);
  }
  if (!inside) return welcome();
  whenLoggedOut(() => { shown.abort(); welcome("You are logged out."); });
  try {
    access = await get("/access");
  } catch (problem) {
    welcome(problem.message);
    return show(person, h("button", { class: "slight", onclick: logOut }, "Log out"));
  }
  show(person, h("span", {}, access.name), h("button", { class: "slight", onclick: logOut }, "Log out"));
  document.getElementById("views").hidden = false;
  document.querySelector('#views a[href="#/route"]').hidden = !access.permissions.includes("declare routes");
  addEventListener("hashchange", view);
  say(`Logged in as ${access.name}.`);
  await view();
}

document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
await begin();
