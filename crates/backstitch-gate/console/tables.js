// The tables: how many rows they have, and the newest of these.

import { $, counted, element, legible, named, visible } from "./element.js";
import { ask, tables } from "./gate.js";

const ROWS = 50;

/** Of a value so many characters are in its cell; all of them are shown with its row. */
const CELL = 300;

const REJECTED = "_sdc_rejected";

/** So many tables are seen at a glance. */
const GLANCE = 12;

/** What is shown, to know whether it has changed: what did not change stays, with the focus and the selection in it. */
const shown = { list: "", table: "", chosen: null };

export function address(name) {
  return `#table/${encodeURIComponent(name)}`;
}

function mark(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

/** Shows which table is chosen. */
export function choose(name) {
  if (shown.chosen !== name) {
    shown.table = "";
    $("table").scrollTo(0, 0);
  }
  shown.chosen = name;
  mark($("to-rejected"), name === REJECTED);
  for (const item of $("tables").children) mark(item.firstElementChild, item.dataset.table === name);
}

/** Shows the tables whose names are asked for. */
export function filter() {
  const wanted = $("tables-filter").value.trim().toLowerCase();
  for (const item of $("tables").children) item.hidden = !item.dataset.table.toLowerCase().includes(wanted);
}

/** Says why no tables are listed. */
function noTables(text, isBad) {
  $("no-tables").textContent = text;
  $("no-tables").className = isBad ? "bad" : "quiet";
  $("no-tables").hidden = text === "";
}

/** Lists the tables anew. */
export async function list() {
  let found;
  try {
    found = await ask(tables());
  } catch (error) {
    // Where the gate answers, the requests can be seen all the same.
    if (error.status === undefined) throw error;
    shown.list = "";
    $("tables").replaceChildren();
    $("rejected-count").textContent = "";
    noTables(`The tables cannot be read. ${error.message}`, true);
    return;
  }
  const text = JSON.stringify(found);
  if (text === shown.list) return;
  shown.list = text;
  const rejected = found.find(({ name }) => name === REJECTED)?.count ?? 0;
  $("rejected-count").textContent = rejected.toLocaleString();
  $("to-rejected").classList.toggle("bad", rejected > 0);
  const others = found.filter(({ name }) => name !== REJECTED);
  const focused = document.activeElement?.parentElement?.dataset?.table;
  $("tables").replaceChildren(...others.map(({ name, count }) => {
    const link = element("a", { href: address(name), title: name },
      named(name),
      element("span", { className: "count" }, count.toLocaleString(), element("span", { className: "unseen" }, " rows")));
    const item = element("li", {}, link);
    item.dataset.table = name;
    if (name === focused) queueMicrotask(() => link.focus());
    return item;
  }));
  noTables(others.length > 0 ? "" : "None so far.", false);
  $("tables-filter").hidden = others.length <= GLANCE;
  if ($("tables-filter").hidden) $("tables-filter").value = "";
  choose(shown.chosen);
  filter();
}

function isNumber(type) {
  return /^(BIGINT|DOUBLE|DECIMAL|NUMERIC|INTEGER)/i.test(type);
}

function isSystem(name) {
  return name.startsWith("_sdc_");
}

function classes(column, isRejected) {
  return `${isNumber(column.type) ? "number" : ""} ${isSystem(column.name) && !isRejected ? "system" : ""}`;
}

/** What there is to know of a column: its type, and whether it is a key. */
function about(column) {
  return element("small", {}, column.type, ...(column.key ? [" ", element("span", { className: "mark" }, "key")] : []));
}

function cell(column, value, isRejected) {
  const className = classes(column, isRejected);
  if (value === null) return element("td", { className: `null ${className}` }, "null");
  const cut = value.length > CELL ? `${value.slice(0, CELL)}…` : value;
  return element("td", { className }, ...visible(cut));
}

/** Shows all of a row: what is too long for a cell, and what is far to the right. */
function whole(name, columns, row, number) {
  $("row-title").replaceChildren(name === REJECTED ? "Rejected records" : named(name), `, row ${number}`);
  $("row").querySelector("dl").replaceChildren(...columns.flatMap((column) => {
    const value = row[column.name];
    const content = value === null
      ? element("span", { className: "null" }, "null")
      : element("pre", {}, ...legible(value));
    return [element("dt", {}, named(column.name), about(column)), element("dd", {}, content)];
  }));
  $("row").showModal();
}

/** Shows the chosen table anew. */
export async function show() {
  const name = shown.chosen;
  if (name === null) return;
  let table;
  try {
    // As text: a number of 64 bits is more than JavaScript can hold.
    table = await ask(tables(name, { limit: ROWS, order: "newest", cells: "text" }));
  } catch (error) {
    if (error.status === undefined) throw error;
    const trouble = error.status === 404 ? "There is no such table." : `It cannot be read. ${error.message}`;
    table = { name, count: 0, columns: [], rows: [], trouble };
  }
  const text = JSON.stringify(table);
  // Another may have been chosen in the meantime.
  if (name !== shown.chosen || text === shown.table) return;
  shown.table = text;
  const isRejected = name === REJECTED;
  $("table-title").replaceChildren(isRejected ? "Rejected records" : named(name));
  $("about-rejected").hidden = !isRejected;
  $("system").parentElement.hidden = isRejected;
  $("table").hidden = table.count === 0 && (isRejected || table.trouble !== undefined);
  const rows = table.count > table.rows.length
    ? `the newest ${table.rows.length} of ${counted(table.count, "row")}`
    : `${counted(table.count, "row")}${table.count > 1 ? ", the newest first" : ""}`;
  $("table-note").className = table.trouble === undefined ? "quiet" : "bad";
  $("table-note").textContent = table.trouble !== undefined
    ? table.trouble
    : isRejected && table.count === 0 ? "None: all that was accepted is in its table." : `${counted(table.columns.length, "column")}, ${rows}`;
  const focused = document.activeElement?.dataset?.row;
  const head = table.columns.map((column) =>
    element("th", { scope: "col", title: column.name, className: classes(column, isRejected) },
      named(column.name), about(column)));
  const body = table.rows.map((row, index) => {
    const open = element("button", { type: "button", ariaLabel: `Show all of row ${index + 1}`, title: "Show all of this row" }, "⤢");
    open.dataset.row = String(index);
    open.addEventListener("click", () => whole(name, table.columns, row, index + 1));
    return element("tr", {}, element("td", { className: "open" }, open),
      ...table.columns.map((column) => cell(column, row[column.name], isRejected)));
  });
  $("table").replaceChildren(element("table", {},
    element("caption", { className: "unseen" }, `Newest rows of ${name}`),
    element("thead", {}, element("tr", {}, element("th", { scope: "col", className: "open" }, element("span", { className: "unseen" }, "All of the row")), ...head)),
    element("tbody", {}, ...body)));
  if (focused !== undefined) $("table").querySelector(`button[data-row="${Number(focused)}"]`)?.focus();
}
