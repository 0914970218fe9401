/** The chat without its looks: session, line, outbox and thread working together. Event: `change` (detail: what). */

import { Line } from "./line.js";
import { Outbox } from "./outbox.js";
import { Session } from "./session.js";
import { Thread } from "./thread.js";

const TEXT_LIMIT = 2000;
const TOO_BIG = 1009;
const PAGE = 50;

export class Service extends EventTarget {
  /** @param {URL} server base address of the gateway */
  constructor(server) {
    super();
    this.session = new Session(server);
    this.thread = new Thread();
    this.line = new Line(this.session, () => this.thread.last);
    this.outbox = new Outbox((frame) => this.line.send(frame), () => this.line.state === "closed", `liyan:outbox:${server.origin}`);
    this.typing = false;
    this.loading = false;
    this.told = false;
    this.readUpTo = 0;
    this.textLimit = TEXT_LIMIT;
    this.goods = new Map();
    this.line.addEventListener("frame", ({ detail }) => this.take(detail));
    this.line.addEventListener("state", ({ detail }) => this.lineChanged(detail.state));
    this.line.addEventListener("closed", ({ detail }) => detail.code === TOO_BIG && this.outbox.tooBig());
    this.outbox.addEventListener("change", () => this.changed("outbox"));
  }

  changed(what, more = {}) {
    this.dispatchEvent(new CustomEvent("change", { detail: { what, ...more } }));
  }

  /** Speak for the customer; an offer that this uses up does not act again. */
  say(text, offered = null) {
    this.thread.press(offered?.turn);
    this.outbox.add(text);
  }

  /** Press what a bubble offers, once. */
  press(message, payload, title) {
    if (!this.thread.alive(message)) return;
    this.thread.press(message.turn);
    this.outbox.add(title, { message_id: message.id, payload });
  }

  /** Tell the server that everything here has been seen. */
  read() {
    const { last } = this.thread;
    if (!last || (last <= this.readUpTo && !this.thread.unread)) return;
    if (!this.line.send({ type: "read", seq: last })) return;
    this.readUpTo = last;
    this.thread.unread = 0;
    this.changed("unread");
  }

  /** Fetch the page before the oldest sentence held. */
  async older() {
    if (this.loading || !this.thread.more || !this.thread.first) return;
    this.loading = true;
    this.changed("loading");
    let failed = false;
    try {
      this.thread.older(await this.session.get("/api/history", { before: this.thread.first, limit: PAGE }));
    } catch {
      // Shown in place, with the button to try again.
      failed = true;
    }
    this.loading = false;
    this.changed("older", { failed });
  }

  /** Look goods up in the shop's records, in the order asked for. */
  async products(skus) {
    const missing = skus.filter((sku) => !this.goods.has(sku));
    if (missing.length) {
      const { products } = await this.session.get("/api/products", { sku: missing });
      for (const product of products) this.goods.set(product.sku, product);
    }
    return skus.map((sku) => this.goods.get(sku)).filter(Boolean);
  }

  lineChanged(state) {
    if (state === "waiting" || state === "offline") this.outbox.hold();
    if (state === "closed") this.outbox.fail();
    if (state !== "online") this.typing = false;
    this.changed("line", { state });
  }

  take(frame) {
    const deal = {
      ready: () => this.ready(frame),
      message: () => this.said(frame),
      ack: () => this.outbox.acknowledged(frame.client_id),
      refused: () => this.outbox.refused(frame.client_id, frame.reason, frame.retry_after),
      typing: () => this.types(Boolean(frame.on)),
      read: () => this.readElsewhere(frame),
      live: () => this.livesNow(frame.live),
      error: () => console.error(`liyan-chat: the server did not understand a frame (${frame.code}): ${frame.message}`),
    };
    if (Object.hasOwn(deal, frame.type)) deal[frame.type]();
  }

  ready(frame) {
    const first = !this.told;
    this.told = true;
    this.thread.ready(frame);
    this.typing = Boolean(frame.typing);
    this.textLimit = frame.limits?.text ?? TEXT_LIMIT;
    for (const { client_id } of this.thread.messages) if (client_id) this.outbox.settle(client_id);
    this.outbox.flush();
    this.changed("ready", { first });
  }

  said(frame) {
    if (!frame.message || !this.thread.add(frame)) return;
    if (frame.message.client_id) this.outbox.settle(frame.message.client_id);
    this.changed("message", { message: frame.message });
  }

  types(on) {
    this.typing = on;
    this.changed("typing");
  }

  /** The conversation changed hands or ended: other buttons act now, or none. */
  livesNow(turn) {
    this.thread.lives(turn ?? null);
    this.changed("live");
  }

  readElsewhere({ seq, unread }) {
    this.readUpTo = Math.max(this.readUpTo, seq ?? 0);
    this.thread.unread = unread ?? 0;
    this.changed("unread");
  }
}
