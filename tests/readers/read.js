// Reads a body of Transit+JSON a line from the standard input, and prints what each means in JSON, a line each.
//
// Numbers, strings, booleans and null are themselves; other values are objects with one entry, which tells their type.
"use strict";

const transit = require("transit-js");

const reader = transit.reader("json", {
  // As it was written: `transit-js` itself gives what a browser can hold.
  handlers: { f: (digits) => ({ decimal: digits }), n: (digits) => ({ integer: digits }) },
});

function shown(value) {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string") {
    return value;
  }
  if (Array.isArray(value)) {
    return { array: value.map(shown) };
  }
  if (transit.isMap(value)) {
    const entries = [];
    value.forEach((entry, key) => entries.push([key, shown(entry)]));
    return { map: entries };
  }
  if (value instanceof Date) {
    return { instant: value.getTime() };
  }
  if (transit.isInteger(value)) {
    return { integer: value.toString() };
  }
  if (transit.isUUID(value)) {
    return { uuid: value.toString() };
  }
  if (value instanceof Uint8Array) {
    return { bytes: Buffer.from(value).toString("base64") };
  }
  if ("decimal" in value || "integer" in value) {
    return value;
  }
  throw new Error(`a value of a type that is not expected: ${value}`);
}

const lines = require("fs").readFileSync(0, "utf8").split("\n");
for (const line of lines.filter((line) => line !== "")) {
  process.stdout.write(JSON.stringify(shown(reader.read(line))) + "\n");
}
