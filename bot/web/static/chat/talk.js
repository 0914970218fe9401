/** The conversation on the screen: keeps one drawn bubble for each sentence and sets them in order. */

import { Bubble } from "./bubble.js";
import { dayName, dayOf } from "./clock.js";
import { h } from "./dom.js";

export class Talk {
  /**
   * @param {HTMLElement} list
   * @param {import("./panel.js").Deeds} deeds
   */
  constructor(list, deeds) {
    this.list = list;
    this.deeds = deeds;
    this.drawn = new Map();
    this.days = new Map();
    /** The first sentence of the newest turn; null while the customer's own stands last. */
    this.newest = null;
  }

  /**
   * Draw what is not drawn yet, take away what is gone, refresh the rest.
   * @param {import("./thread.js").Thread} thread
   * @param {Iterable<object>} waiting entries of the outbox
   */
  draw(thread, waiting) {
    const wanted = [];
    const used = new Set();
    let previous = null;
    for (const { message, state, said } of this.rows(thread, waiting)) {
      const bubble = this.bubble(message);
      const line = dayOf(message.at) !== dayOf(previous?.message.at) && this.day(message.at);
      if (line) wanted.push(line);
      bubble.refresh({ joined: bubble.joins(previous), alive: thread.alive(message), said, state });
      if (message.from === "customer") this.newest = null;
      else if (!this.newest || message.turn !== previous?.message.turn) this.newest = bubble.node;
      wanted.push(bubble.node);
      used.add(bubble);
      previous = bubble;
    }
    for (const [key, bubble] of this.drawn) if (!used.has(bubble)) this.drawn.delete(key);
    this.settle(wanted);
  }

  /** Each sentence with what the customer said after it. “Delivered” is said of the newest own sentence only. */
  rows(thread, waiting) {
    const newest = thread.messages.findLast((message) => message.from === "customer");
    const rows = [
      ...thread.messages.map((message) => ({ message, state: message === newest ? "sent" : null })),
      ...[...waiting].map((entry) => ({ message: { ...entry, from: "customer" }, state: entry.state })),
    ];
    let said = null;
    for (const row of [...rows].reverse()) {
      row.said = said;
      if (row.message.from === "customer") said = row.message.text;
    }
    return rows;
  }

  /** An own sentence keeps its bubble when it comes back from the server, unless the server words it otherwise. */
  bubble(message) {
    const key = message.client_id ?? message.id;
    if (this.drawn.get(key)?.message.text !== message.text) this.drawn.set(key, new Bubble(message, this.deeds));
    return this.drawn.get(key);
  }

  day(at) {
    const key = dayOf(at);
    if (!this.days.has(key)) this.days.set(key, h("div", { class: "day-line" }, h("span", { text: dayName(at) })));
    return this.days.get(key);
  }

  /** Move as little as possible: a node that is moved would be read aloud again. */
  settle(wanted) {
    const keep = new Set(wanted);
    for (const node of [...this.list.children]) if (!keep.has(node)) node.remove();
    let at = this.list.firstChild;
    for (const node of wanted) {
      if (node === at) at = at.nextSibling;
      else this.list.insertBefore(node, at);
    }
  }
}
