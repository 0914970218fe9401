/** One sentence as it is drawn: who, when, what, and what it offers. */

import { attachments } from "./attachments.js";
import { dayOf, timeOf } from "./clock.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { pieces, showable } from "./recognise.js";
import { WORDS } from "./words.js";

const LONG = 600;
const LONG_LINES = 16;

const STATES = {
  sending: { icon: "clock", text: WORDS.sending },
  queued: { icon: "clock", text: WORDS.queued },
  paused: { icon: "clock", text: WORDS.paused },
  sent: { icon: "check", text: WORDS.sent },
  failed: { icon: "warn", text: WORDS.failed },
};

function drawPiece({ kind, text }) {
  if (kind === "link") return h("a", { href: text, target: "_blank", rel: "noopener noreferrer nofollow", text });
  if (kind === "phone") return h("a", { href: `tel:${text.replaceAll("-", "")}`, "aria-label": `${WORDS.call} ${text}`, text });
  if (kind === "ticket") return h("span", { class: "number", text });
  return document.createTextNode(text);
}

/** A very long text shows its beginning; the rest is one press away. */
function folding(body) {
  const button = h("button", { type: "button", class: "unfold", "aria-expanded": "false", text: WORDS.expand });
  body.classList.add("folded");
  button.addEventListener("click", () => {
    const folded = body.classList.toggle("folded");
    button.textContent = folded ? WORDS.expand : WORDS.fold;
    button.setAttribute("aria-expanded", String(!folded));
  });
  return button;
}

/** In the customer's own sentence a phone number is their own: nobody calls themselves. */
function drawText(raw, own) {
  const text = showable(raw);
  const drawn = pieces(text).map((piece) => drawPiece(own && piece.kind === "phone" ? { ...piece, kind: "text" } : piece));
  const body = h("div", { class: "text", dir: "auto" }, ...drawn);
  const long = text.length > LONG || text.split("\n").length > LONG_LINES;
  return h("div", { class: "bubble" }, body, long && folding(body));
}

export class Bubble {
  /**
   * @param {object} message as in docs/protocol.md, or an entry of the outbox
   * @param {import("./panel.js").Deeds} deeds what a press does
   */
  constructor(message, deeds) {
    const own = message.from === "customer";
    this.message = message;
    this.deeds = deeds;
    this.state = null;
    this.name = own ? WORDS.you : message.from === "staff" ? message.name || WORDS.staff : WORDS.robot;
    this.status = h("div", { class: "status", "aria-live": "off" });
    this.extras = own ? null : attachments(message, deeds);
    this.node = h("div", { class: `row ${own ? "own" : message.from}` },
      own ? null : h("span", { class: "avatar", "aria-hidden": "true" }, this.face()),
      h("div", { class: "stack" }, this.meta(), drawText(message.text, own), this.extras?.node, own && this.status));
  }

  face() {
    if (this.message.from === "staff" && this.message.name) return [...this.message.name][0];
    return icon(this.message.from === "staff" ? "person" : "robot");
  }

  meta() {
    const { at } = this.message;
    return h("div", { class: "meta" }, h("span", { class: "who", text: this.name }),
      h("time", { datetime: at, text: timeOf(at) }));
  }

  /** Tell whether another sentence joins this one without a new head. */
  joins(previous) {
    const { from, at, name } = this.message;
    const before = previous?.message;
    if (!before || before.from !== from || (before.name ?? null) !== (name ?? null) || dayOf(before.at) !== dayOf(at)) return false;
    return Math.abs(new Date(at) - new Date(before.at)) < 180_000;
  }

  /** Show the present state: joined to the one above, its offers alive or spent, its delivery (a failure is read aloud). */
  refresh({ joined, alive, said, state }) {
    this.node.classList.toggle("joined", joined);
    this.extras?.show({ alive, said: alive ? null : said });
    if (state === this.state) return;
    this.state = state;
    this.status.setAttribute("aria-live", state === "failed" ? "polite" : "off");
    const look = STATES[state];
    this.status.className = `status ${state ?? ""}`;
    if (!look) return void fill(this.status);
    fill(this.status, icon(look.icon), h("span", { text: look.text }), state === "failed" && this.retryButton());
  }

  retryButton() {
    return h("button", { type: "button", class: "retry", on: { click: () => this.deeds.retry(this.message.client_id) } },
      icon("retry"), WORDS.retry);
  }
}
