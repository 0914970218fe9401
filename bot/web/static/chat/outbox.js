/**
 * What the customer said and the server has not yet shown in the conversation. Each sentence keeps its client id
 * through every retry, so sending twice never says it twice. Kept in sessionStorage until acknowledged: a reload loses nothing.
 * Event: `change` (detail: the entry).
 */

import { freshId } from "./dom.js";
import { keep } from "./session.js";

const PATIENCE = 10_000;
const TRIES = 3;

export class Outbox extends EventTarget {
  /**
   * @param {(frame: object) => boolean} send puts a frame on the line; false when it is down
   * @param {() => boolean} over tells that the line will not come back
   * @param {string} key name of the store
   */
  constructor(send, over, key) {
    super();
    this.send = send;
    this.over = over;
    this.key = key;
    this.entries = new Map();
    this.timers = new Map();
    this.restore();
  }

  /** Say a sentence, or press a button: `press` is {message_id, payload}. */
  add(text, press = null) {
    const entry = { client_id: freshId(), text, press, at: new Date().toISOString(), state: "sending", tries: 0 };
    this.entries.set(entry.client_id, entry);
    this.save();
    this.try(entry);
    return entry;
  }

  /** Send everything that waits, in the order it was said: after a reconnect. */
  flush() {
    for (const entry of this.entries.values()) if (entry.state === "sending" || entry.state === "queued") this.try(entry, true);
  }

  /** The line went down: what is not acknowledged waits for the next one. */
  hold() {
    for (const entry of this.entries.values()) if (entry.state === "sending") this.mark(entry, "queued");
  }

  /** Nothing will be sent any more: let the customer see it. */
  fail() {
    for (const entry of this.entries.values()) if (entry.state !== "sent") this.mark(entry, "failed");
  }

  retry(id) {
    const entry = this.entries.get(id);
    if (entry?.state === "failed") this.try(entry, true);
  }

  acknowledged(id) {
    const entry = this.entries.get(id);
    if (entry) this.mark(entry, "sent");
  }

  /** The server did not take it: too fast, or it cannot write now. */
  refused(id, reason, seconds = 5) {
    const entry = this.entries.get(id);
    if (!entry) return;
    if (reason !== "slow_down") return void this.mark(entry, "failed");
    this.mark(entry, "paused");
    this.timers.set(id, setTimeout(() => this.try(entry, true), Math.max(1, seconds) * 1000));
  }

  /** The frame that was too big for the server is not sent again. */
  tooBig() {
    const last = [...this.entries.values()].filter((entry) => entry.state === "sending").at(-1);
    if (last) this.mark(last, "failed");
  }

  /** The sentence stands in the conversation now. */
  settle(id) {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    if (this.entries.delete(id)) this.save();
  }

  try(entry, again = false) {
    if (again) entry.tries = 0;
    entry.tries += 1;
    const { client_id, text, press } = entry;
    const sent = this.send(press ? { type: "button", client_id, ...press } : { type: "message", client_id, text });
    this.mark(entry, sent ? "sending" : this.over() ? "failed" : "queued");
    if (sent) this.timers.set(client_id, setTimeout(() => this.unheard(entry), PATIENCE));
  }

  unheard(entry) {
    if (entry.tries < TRIES) this.try(entry);
    else this.mark(entry, "failed");
  }

  mark(entry, state) {
    clearTimeout(this.timers.get(entry.client_id));
    entry.state = state;
    this.save();
    this.dispatchEvent(new CustomEvent("change", { detail: entry }));
  }

  save() {
    const waiting = [...this.entries.values()].filter((entry) => entry.state !== "sent");
    keep("sessionStorage", this.key, waiting.length ? JSON.stringify(waiting) : null);
  }

  restore() {
    let kept = [];
    try {
      kept = JSON.parse(keep("sessionStorage", this.key) ?? "[]");
    } catch {
      keep("sessionStorage", this.key, null);
    }
    for (const entry of kept) this.entries.set(entry.client_id, { ...entry, state: entry.state === "failed" ? "failed" : "queued" });
  }
}
