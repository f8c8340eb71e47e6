// The page of a gate: what is shown of it, and when it is asked for again.

import { $, element } from "./element.js";
import { NoToken, ask, chosen, of } from "./gate.js";
import * as requests from "./requests.js";
import * as tables from "./tables.js";

const PAUSE = 1000;

/** Tables change without a request too: by another program, or once what was queued is loaded. */
const LOOKS = 5;

const state = { looks: 0, started: false };

function say(word, text = word) {
  // What is the same is not read out again.
  if ($("health").textContent === text) return;
  $("health").dataset.state = word;
  $("health").textContent = text;
}

/** Runs something that asks the gate, and says what went wrong. */
async function attempt(work) {
  try {
    await work();
    $("trouble").hidden = true;
    return true;
  } catch (error) {
    if (error instanceof NoToken) {
      say("waiting", "a token is wanted");
      if ($("token").hidden) {
        $("token").hidden = false;
        $("token").querySelector("input").focus();
      }
      return false;
    }
    // What `fetch` throws where nobody listens.
    const gone = error instanceof TypeError;
    if (gone) say("gone", "no answer");
    $("trouble").textContent = gone ? "The gate does not answer. It is asked again and again." : error.message;
    $("trouble").hidden = false;
    return false;
  }
}

/** The name of the table that the address names; null for that of the requests. */
function routed() {
  const [, name] = /^#table\/(.+)$/.exec(location.hash) ?? [];
  try {
    return name === undefined ? null : decodeURIComponent(name);
  } catch {
    return null;
  }
}

function route() {
  const name = routed();
  tables.choose(name);
  $("requests-view").hidden = name !== null;
  $("table-view").hidden = name === null;
  if (name === null) $("to-requests").setAttribute("aria-current", "page");
  else $("to-requests").removeAttribute("aria-current");
  document.title = name === null ? "Backstitch gate" : `${name} · Backstitch gate`;
  return attempt(tables.show);
}

function example(client) {
  const record = `{"client_id":${client},"table_name":"customers","sequence":${Date.now()},"action":"upsert","key_names":["id"],"data":{"id":1,"name":"Finn"}}`;
  $("example").textContent = [
    `curl ${location.origin}/v2/import/push \\`,
    `  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\`,
    `  -d '[${record}]'`,
  ].join("\n");
}

async function showClients() {
  const clients = await ask("/_gate/clients");
  const select = $("clients").querySelector("select");
  const known = [...select.options].map((option) => option.value).join();
  if (known !== clients.join()) {
    select.replaceChildren(...clients.map((id) => element("option", { value: String(id) }, String(id))));
  }
  $("clients").hidden = clients.length < 2;
  chosen.client = clients.length < 2 ? null : select.value;
  example(clients[0]);
}

/** All of it anew. */
async function start() {
  state.started = await attempt(async () => {
    await showClients();
    requests.forget();
    await requests.update();
    await tables.list();
    await tables.show();
    requests.filter();
    say("running");
  });
}

/** What changed. */
async function look() {
  const changed = await requests.update();
  state.looks += 1;
  if (changed || state.looks % LOOKS === 0) {
    await tables.list();
    await tables.show();
  }
  say("running");
}

async function tick() {
  if ($("live").checked && !document.hidden && $("token").hidden) {
    if (state.started) await attempt(look);
    else await start();
  }
  setTimeout(tick, PAUSE);
}

addEventListener("hashchange", route);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && $("live").checked && state.started) attempt(look);
});
$("refresh").addEventListener("click", start);
$("kind").addEventListener("change", requests.filter);
$("search").addEventListener("input", requests.filter);
$("tables-filter").addEventListener("input", tables.filter);
$("live").addEventListener("change", () => say($("live").checked ? "running" : "paused"));
$("system").addEventListener("change", () => $("table").classList.toggle("plain", !$("system").checked));
$("clients").addEventListener("change", (event) => {
  chosen.client = event.target.value;
  if (routed() !== null) location.hash = "#requests";
  start();
});
$("token").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = $("token").querySelector("input");
  sessionStorage.setItem("token", input.value);
  input.value = "";
  $("token").hidden = true;
  start();
});
$("reset").addEventListener("click", () => {
  $("sure").returnValue = "no";
  const whose = chosen.client;
  $("sure-title").textContent = whose === null ? "Empty the gate?" : `Empty what is of client ${whose}?`;
  $("sure-yes").textContent = whose === null ? "Empty the gate" : `Empty client ${whose}`;
  $("sure-what").textContent = whose === null
    ? "All tables, requests and faults are gone then."
    : `The tables, requests and faults of client ${whose} are gone then. Those of other clients stay.`;
  $("sure").showModal();
});
$("sure").addEventListener("close", () => {
  if ($("sure").returnValue !== "yes") return;
  attempt(async () => {
    await ask(of("/_gate/reset"), { method: "POST" });
    $("news").textContent = chosen.client === null ? "The gate is empty." : `What was of client ${chosen.client} is gone.`;
    await start();
  });
});
// Only a page that came over TLS, or from this machine, may write to the clipboard.
$("copy").hidden = !navigator.clipboard;
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("example").textContent);
  $("copy").textContent = "Copied";
});

await route();
await start();
setTimeout(tick, PAUSE);
