/** Find links, phone numbers and ticket numbers in a text, and make any text fit to be shown. */

const PATTERNS = [
  ["link", /https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/],
  ["ticket", /T\d{6}-\d{5,8}(?!\d)/],
  ["phone", /(?:1[3-9]\d{9}|400-?\d{3}-?\d{4}|0\d{2,3}-\d{7,8})(?![\d-])/],
];

// What must not stand before one: looked at in code, since older Safaris cannot parse a look-behind.
const NOT_AFTER = { ticket: /[A-Za-z0-9]/, phone: /[\d-]/ };

const ANY = new RegExp(PATTERNS.map(([kind, pattern]) => `(?<${kind}>${pattern.source})`).join("|"), "g");

// C0 and C1 controls but tab and line feed; lone surrogates are repaired by toWellFormed where it exists.
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** Leave out what no screen can show: control characters and halves of characters. */
export function showable(text) {
  const whole = String(text).replace(/\r\n?/g, "\n").replace(CONTROLS, "");
  return whole.toWellFormed ? whole.toWellFormed() : whole;
}

/** A link ends before the punctuation of the sentence around it. */
function trimmed(link) {
  let end = link.length;
  while (end > 0 && ".,;:!?'".includes(link[end - 1])) end -= 1;
  if (link[end - 1] === ")" && !link.slice(0, end).includes("(")) end -= 1;
  return link.slice(0, end);
}

function safe(link) {
  try {
    const { protocol, hostname } = new URL(link);
    return (protocol === "https:" || protocol === "http:") && hostname !== "";
  } catch {
    return false;
  }
}

/**
 * Split a text into pieces.
 * @param {string} text
 * @returns {{kind: "text"|"link"|"phone"|"ticket", text: string}[]} in order; joined they are the text again
 */
export function pieces(text) {
  const found = [];
  let from = 0;
  const plain = (to) => to > from && found.push({ kind: "text", text: text.slice(from, to) });
  for (const match of text.matchAll(ANY)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    const piece = kind === "link" ? trimmed(match[0]) : match[0];
    if (kind === "link" && !safe(piece)) continue;
    if (match.index > 0 && NOT_AFTER[kind]?.test(text[match.index - 1])) continue;
    plain(match.index);
    found.push({ kind, text: piece });
    from = match.index + piece.length;
  }
  plain(text.length);
  return found;
}
