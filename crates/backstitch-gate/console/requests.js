// The requests, as they come.

import { $, counted, element, legible, size, time, visible } from "./element.js";
import { ask, chosen, of } from "./gate.js";

const SHOWN = 200;

const state = { last: 0, shown: [], loaded: false };

// Faults that do not keep a request from what it came for.
const HARMLESS = ["pass", "delay"];

// What an answer with this status does not say by itself: that the records are yet to be loaded.
const QUEUED = 202;

function isAccepted(entry) {
  return entry.status !== null && entry.status < 300;
}

function isRefused(entry) {
  return entry.status !== null && entry.status >= 300;
}

function status(entry) {
  return entry.status === null ? "no answer" : String(entry.status);
}

/** What an answer says, in a line. */
function gist(reason) {
  let answer;
  try {
    answer = JSON.parse(reason);
  } catch {
    return reason;
  }
  const first = Array.isArray(answer.errors) ? answer.errors[0]?.reason : answer.errors?.error;
  if (typeof first === "string") return first;
  if (first && typeof first === "object") {
    const faults = Object.entries(first).map(([name, texts]) => `${name}: ${[texts].flat().join(", ")}`).join("; ");
    const more = answer.errors.length - 1;
    return more > 0 ? `${faults} (and ${counted(more, "more record")})` : faults;
  }
  const words = [answer.message, answer.error].filter((text) => typeof text === "string");
  return words.length > 0 ? words.join(" ") : reason;
}

function summary(entry) {
  const good = isAccepted(entry);
  const said = element("span", { className: "said" });
  const add = (className, ...children) => said.append(said.childElementCount > 0 ? " · " : "", element("span", { className }, ...children));
  if (entry.fault !== null) add(HARMLESS.includes(entry.fault) ? "quiet" : "bad", `fault: ${entry.fault}`);
  if (entry.reason !== null) add("bad", ...visible(gist(entry.reason)));
  else if (entry.status === QUEUED && entry.answer !== null) add("quiet", ...visible(gist(entry.answer)));
  if (entry.rejected > 0) add("warned", `${entry.rejected.toLocaleString()} rejected`);
  if (entry.warnings.length > 0) add("warned", counted(entry.warnings.length, "warning"));
  if (chosen.client !== null) add("quiet", entry.client_id === null ? "no client" : `client ${entry.client_id}`);
  const came = new Date(entry.time);
  return element("summary", {},
    element("strong", { className: `status ${good ? "good" : "bad"} ${entry.status === null ? "none" : ""}` }, status(entry)),
    element("span", { className: "path" }, `${entry.method} `, ...visible(entry.path)),
    said,
    element("span", { className: "number" }, entry.records === null ? "" : counted(entry.records, "record")),
    element("span", { className: "number" }, size(entry.bytes)),
    element("span", { className: "number" }, time(entry.duration_ms)),
    element("time", { dateTime: entry.time, title: entry.time }, came.toLocaleTimeString()));
}

function block(label, ...nodes) {
  return element("pre", { tabIndex: 0, ariaLabel: label }, ...nodes);
}

/** All of a request. Its body is asked for only now: many may be large. */
async function fill(details, entry) {
  if (details.childElementCount > 1) return;
  const list = element("dl");
  details.append(list);
  const add = (name, ...children) => list.append(element("dt", {}, name), element("dd", {}, ...children));
  if (entry.answer !== null) add("Answer", block("Answer", ...legible(entry.answer)));
  if (entry.rejected > 0) add("Rejected", element("a", { href: "#table/_sdc_rejected" }, counted(entry.rejected, "record")));
  for (const warning of entry.warnings) add("Warning", element("p", { className: "warned" }, ...visible(warning)));
  if (entry.client_id !== null) add("Client", String(entry.client_id));
  const body = element("dd", {}, "…");
  const name = element("dt", {}, "Body");
  list.append(name, body);
  try {
    const whole = await ask(`/_gate/requests/${entry.id}`);
    if (whole.body === null) {
      body.replaceChildren(element("span", { className: "quiet" }, entry.bytes === 0 ? "none was read" : "no longer kept"));
    } else {
      if (whole.body_is_cut) name.textContent = "Body (its beginning)";
      body.replaceChildren(block("Body", ...legible(whole.body)));
    }
  } catch (error) {
    body.replaceChildren(element("span", { className: "quiet" }, error.status === 404 ? "no longer kept" : "the gate does not answer"));
  }
}

function item(entry) {
  const details = element("details", {}, summary(entry));
  details.addEventListener("toggle", () => {
    if (details.open) fill(details, entry);
  });
  return element("li", {}, details);
}

/** Shows the requests that are asked for, and hides the others. */
export function filter() {
  const kind = document.querySelector("#kind input:checked").value;
  const wanted = $("search").value.trim().toLowerCase();
  for (const { entry, item } of state.shown) {
    const kinds = {
      all: true,
      accepted: isAccepted(entry),
      refused: isRefused(entry),
      warned: entry.warnings.length > 0,
      rejected: entry.rejected > 0,
    };
    const fault = entry.fault === null ? "" : `fault: ${entry.fault}`;
    const client = entry.client_id === null ? "no client" : `client ${entry.client_id}`;
    const text = [entry.method, entry.path, status(entry), fault, entry.answer ?? "", ...entry.warnings, client].join(" ");
    item.hidden = !kinds[kind] || !text.toLowerCase().includes(wanted);
  }
  $("first").hidden = state.shown.length > 0;
  $("none").hidden = state.shown.length === 0 || state.shown.some(({ item }) => !item.hidden);
  $("requests-count").textContent = state.shown.length < SHOWN ? String(state.shown.length) : `${SHOWN}+`;
}

/** Adds what came since; whether anything changed. */
export async function update() {
  // The last that is known is asked for again. Where it is gone, the gate was emptied or started anew.
  const after = Math.max(state.last - 1, 0);
  // With those whose token is no client's: who mistyped one looks for it here.
  const latest = (more) => ask(of("/_gate/requests", { ...more, limit: SHOWN, body: false, strangers: true }));
  let fresh = await latest({ after });
  const known = state.last > 0 && fresh.at(-1)?.id === state.last;
  if (known) fresh.pop();
  else if (state.last > 0) fresh = await latest({});
  const isNews = state.loaded;
  state.loaded = true;
  if (fresh.length === 0 && (known || state.shown.length === 0)) return false;
  const made = fresh.map((entry) => ({ entry, item: item(entry) }));
  const gone = known ? state.shown.splice(Math.max(SHOWN - made.length, 0)) : state.shown.splice(0);
  for (const { item } of gone) item.remove();
  state.shown.unshift(...made);
  $("list").prepend(...made.map(({ item }) => item));
  if (isNews) for (const { item } of made) item.className = "fresh";
  if (isNews && fresh.length > 0) {
    const refused = fresh.filter(isRefused).length;
    $("news").textContent = `${counted(fresh.length, "new request")}${refused > 0 ? `, ${refused} refused` : ""}`;
  }
  state.last = state.shown[0]?.entry.id ?? 0;
  filter();
  return true;
}

/** Forgets what is shown, so that all of it is asked for again. */
export function forget() {
  state.last = 0;
  state.loaded = false;
  for (const { item } of state.shown.splice(0)) item.remove();
}
