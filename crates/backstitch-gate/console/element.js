// Elements and texts. Names and values come from anyone: they are only ever set as text.

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; a string among the children becomes text. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A number of things. */
export function counted(number, thing) {
  return `${number.toLocaleString()} ${thing}${number === 1 ? "" : "s"}`;
}

/** A number of bytes, for people. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** How long something took, of milliseconds. */
export function time(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

// Characters that cannot be seen, or that turn the direction of others, so that a text looks like another.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

// Those that most texts have, where there is one line for them.
const SIGNS = { "\n": "↵", "\r\n": "↵", "\t": "⇥" };

// An end of a line as other systems write it is one, and nothing that hides.
const CHARACTERS = /\r\n|[^]/gu;

function sign(shown, className, characters) {
  const codes = [...characters].map((it) => `U+${it.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
  return element("span", { className, title: codes.join(" ") }, shown ?? codes.join(" "));
}

/** A text with a name for each character in it that cannot be seen. Lines stay lines where that is asked for. */
export function visible(text, lines = false) {
  if (!UNSEEN.test(text)) return [text];
  const pieces = [];
  let plain = "";
  for (const character of text.match(CHARACTERS)) {
    if (!UNSEEN.test(character) || (lines && character in SIGNS)) {
      plain += character;
      continue;
    }
    const known = SIGNS[character];
    pieces.push(plain, sign(known, known === undefined ? "unseen-character" : "sign", character));
    plain = "";
  }
  return [...pieces, plain];
}

// In a name also spaces other than the usual one, and that one where it is at an end or is not alone.
const SPACES = /^ +| +$| {2,}|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/** A name, which changes the direction of nothing around it, and no part of which is unseen. */
export function named(name) {
  const nodes = [];
  let end = 0;
  for (const { 0: spaces, index } of name.matchAll(SPACES)) {
    const shown = spaces.startsWith(" ") ? "␣".repeat(spaces.length) : undefined;
    nodes.push(...visible(name.slice(end, index)), sign(shown, "unseen-character", spaces));
    end = index + spaces.length;
  }
  return element("bdi", {}, ...nodes, ...visible(name.slice(end)));
}

// The pieces of a text of JSON: strings, punctuation, and all else that is no space.
const PIECES = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** A text of JSON on lines of its own, digit for digit: a number may be one that JavaScript would round. */
function indented(text) {
  const pieces = text.match(PIECES) ?? [];
  const parts = [];
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  pieces.forEach((piece, index) => {
    const before = pieces[index - 1];
    const next = pieces[index + 1];
    if (piece === "}" || piece === "]") {
      depth -= 1;
      if (before !== "{" && before !== "[") parts.push(line());
      parts.push(piece);
    } else if (piece === "{" || piece === "[") {
      depth += 1;
      parts.push(piece);
      if (next !== "}" && next !== "]") parts.push(line());
    } else if (piece === ",") {
      parts.push(piece, line());
    } else if (piece === ":") {
      parts.push(": ");
    } else {
      parts.push(next === ":" ? { key: piece } : piece);
    }
  });
  return parts;
}

// Colours for more than this would take longer than the reading of it.
const COLOURED = 64 * 1024;

/** A text as nodes: JSON on lines of its own, anything else as it is. */
export function legible(text) {
  let parts;
  try {
    const value = JSON.parse(text);
    if (typeof value !== "object" || value === null) return visible(text, true);
    parts = indented(text);
  } catch {
    return visible(text, true);
  }
  const plain = (part) => part.key ?? part;
  if (text.length > COLOURED) return visible(parts.map(plain).join(""), true);
  const nodes = [];
  let run = "";
  for (const part of parts) {
    if (part.key === undefined) {
      run += part;
      continue;
    }
    nodes.push(...visible(run, true), element("span", { className: "key" }, ...visible(part.key)));
    run = "";
  }
  return [...nodes, ...visible(run, true)];
}
