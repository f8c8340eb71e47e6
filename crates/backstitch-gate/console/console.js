// The console of a gate. Names and values come from anyone: they are only ever set as text.

const PAUSE = 2000;
const SHOWN = 200;
const ROWS = 50;

const $ = (id) => document.getElementById(id);
const state = { last: 0, client: null, table: null, entries: [], open: new Set(), gone: false };

/** A number of things. */
function counted(number, thing) {
  return `${number.toLocaleString()} ${thing}${number === 1 ? "" : "s"}`;
}

/** An element with properties and children; a string among the children becomes text. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

class NoToken extends Error {}

/** Asks the gate. The token is kept for as long as this tab is open. */
async function ask(path, options = {}) {
  const token = sessionStorage.getItem("token");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  if (answer.status === 401) throw new NoToken();
  const text = await answer.text();
  const body = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(body?.message ?? `status ${answer.status}`);
  return body;
}

/** Where the tables of the chosen client are. */
function tables(name, parameters = {}) {
  const query = new URLSearchParams(parameters);
  if (state.client !== null) query.set("client", state.client);
  return `/_gate/tables${name === undefined ? "" : `/${encodeURIComponent(name)}`}?${query}`;
}

/** Runs something that asks the gate, and says what went wrong. */
async function attempt(work) {
  try {
    await work();
    $("trouble").hidden = true;
    return true;
  } catch (error) {
    if (error instanceof NoToken) {
      $("token").hidden = false;
    } else {
      const gone = error instanceof TypeError;
      $("trouble").textContent = gone ? "The gate does not answer." : error.message;
      $("trouble").hidden = false;
      if (gone) {
        $("health").textContent = "no answer";
        state.gone = true;
      }
    }
    return false;
  }
}

async function showTables() {
  const found = await ask(tables());
  const focused = document.activeElement?.dataset?.table;
  $("tables").replaceChildren(...found.map(({ name, count }) => {
    const label = name === "_sdc_rejected" ? "rejected records" : name;
    const button = element("button", { type: "button", title: name },
      element("span", {}, label),
      element("span", { className: "quiet" }, count.toLocaleString()));
    button.dataset.table = name;
    if (name === "_sdc_rejected" && count > 0) button.classList.add("bad");
    if (name === state.table) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => attempt(async () => {
      state.table = name;
      await showTables();
      await showTable();
    }));
    return element("li", {}, button);
  }));
  if (focused !== undefined) {
    [...$("tables").querySelectorAll("button")].find((button) => button.dataset.table === focused)?.focus();
  }
  if (!found.some(({ name }) => name === state.table)) state.table = null;
}

async function showTable() {
  $("table").hidden = state.table === null;
  if (state.table === null) {
    $("table-title").textContent = "Newest rows";
    $("table-note").textContent = "Choose a table.";
    return;
  }
  // As text: a number of 64 bits is more than JavaScript can hold.
  const table = await ask(tables(state.table, { limit: ROWS, order: "newest", cells: "text" }));
  $("table-title").textContent = table.name;
  $("table-note").textContent = table.count > table.rows.length
    ? `The newest ${table.rows.length} of ${counted(table.count, "row")}`
    : `${counted(table.count, "row")}, the newest first`;
  const head = table.columns.map(({ name, type }) =>
    element("th", { scope: "col", title: name }, name, element("small", {}, type)));
  const rows = table.rows.map((row) => element("tr", {}, ...table.columns.map(({ name }) => {
    const value = row[name];
    if (value === null) return element("td", { className: "null" }, "null");
    return element("td", { title: value }, value);
  })));
  $("table").replaceChildren(element("table", {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows)));
}

/** A text of JSON with line breaks, unless that would change a number. */
function legible(text) {
  if (/\d{16}|\d\.\d|\de/i.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function isAccepted(entry) {
  return entry.status !== null && entry.status < 300;
}

function requestItem(entry) {
  const good = isAccepted(entry);
  const details = element("details", { open: state.open.has(entry.id) },
    element("summary", {},
      element("strong", { className: good ? "good" : "bad" }, entry.status === null ? "none" : String(entry.status)),
      element("span", {}, `${entry.method} ${entry.path}`),
      element("span", {}, entry.records === null ? "" : counted(entry.records, "record")),
      element("span", {}, counted(entry.bytes, "byte")),
      element("span", {}, `${entry.duration_ms.toFixed(1)} ms`),
      element("span", { className: "bad" }, entry.fault === null ? "" : `fault: ${entry.fault}`),
      element("time", { dateTime: entry.time, className: "quiet" }, new Date(entry.time).toLocaleTimeString())));
  const fill = () => {
    if (details.childElementCount > 1) return;
    const list = element("dl");
    if (entry.client_id !== null) list.append(element("dt", {}, "client"), element("dd", {}, String(entry.client_id)));
    if (entry.reason !== null) list.append(element("dt", {}, "reason"), element("dd", {}, element("pre", {}, legible(entry.reason))));
    const about = entry.body_is_cut ? "body (its beginning)" : "body";
    const body = entry.body === null ? "not kept" : legible(entry.body);
    list.append(element("dt", {}, about), element("dd", {}, element("pre", { tabIndex: 0 }, body)));
    details.append(list);
  };
  if (details.open) fill();
  details.addEventListener("toggle", () => {
    state.open[details.open ? "add" : "delete"](entry.id);
    if (details.open) fill();
  });
  const item = element("li", {}, details);
  item.dataset.accepted = good;
  return item;
}

function filter() {
  const kind = $("kind").value;
  for (const item of $("list").children) {
    item.hidden = kind !== "all" && (kind === "accepted") !== (item.dataset.accepted === "true");
  }
  $("none").hidden = [...$("list").children].some((item) => !item.hidden);
}

/** Adds what came since; whether anything did. */
async function showRequests() {
  const fresh = await ask(`/_gate/requests?after=${state.last}&limit=${SHOWN}`);
  if (fresh.length === 0) return false;
  const first = state.last === 0;
  state.last = fresh[0].id;
  $("list").prepend(...fresh.map(requestItem));
  while ($("list").childElementCount > SHOWN) $("list").lastElementChild.remove();
  filter();
  if (!first) {
    const refused = fresh.filter((entry) => !isAccepted(entry)).length;
    $("news").textContent = `${fresh.length} new${refused > 0 ? `, ${refused} refused` : ""}`;
  }
  return true;
}

async function showClients() {
  const clients = await ask("/_gate/clients");
  const select = $("clients").querySelector("select");
  select.replaceChildren(...clients.map((id) => element("option", { value: String(id) }, String(id))));
  $("clients").hidden = clients.length < 2;
  state.client = clients.length < 2 ? null : select.value;
}

/** All of it anew. */
async function refresh() {
  return attempt(async () => {
    state.last = 0;
    state.open.clear();
    $("list").replaceChildren();
    filter();
    await showRequests();
    await showTables();
    await showTable();
  });
}

async function start() {
  const started = await attempt(async () => {
    await ask("/_gate/health");
    $("health").textContent = "running";
    await showClients();
  });
  if (started) await refresh();
}

async function tick() {
  if ($("live").checked && !document.hidden && $("token").hidden && state.gone) {
    // Another gate may be there now, which counts its requests from one.
    state.gone = false;
    await start();
  } else if ($("live").checked && !document.hidden && $("token").hidden) {
    await attempt(async () => {
      await ask("/_gate/health");
      $("health").textContent = "running";
      if (await showRequests()) {
        await showTables();
        await showTable();
      }
    });
  }
  setTimeout(tick, PAUSE);
}

$("refresh").addEventListener("click", start);
$("kind").addEventListener("change", filter);
$("clients").addEventListener("change", (event) => {
  state.client = event.target.value;
  state.table = null;
  refresh();
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
  $("sure").showModal();
});
$("sure").addEventListener("close", () => {
  if ($("sure").returnValue !== "yes") return;
  attempt(async () => {
    await ask("/_gate/reset", { method: "POST" });
    $("news").textContent = "The gate is empty.";
    await refresh();
  });
});

await start();
tick();
