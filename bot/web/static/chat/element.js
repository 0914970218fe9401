/** `<liyan-chat>`: puts the conversation and its looks together. */

import { copy } from "./clipboard.js";
import { Composer } from "./composer.js";
import { fill, h, laidOut } from "./dom.js";
import { head, journeys, launcher, log } from "./panel.js";
import { Place } from "./scroll.js";
import { Service } from "./service.js";
import { Talk } from "./talk.js";
import { Theme } from "./theme.js";
import { Screen } from "./viewport.js";
import { WORDS } from "./words.js";

const STYLES = ["tokens", "frame", "talk", "cards", "composer"];
const HERE = new URL(".", import.meta.url);

export class LiyanChat extends HTMLElement {
  static observedAttributes = ["open", "theme", "heading"];

  connectedCallback() {
    if (!this.root) this.build();
    this.leave = new AbortController();
    const { signal } = this.leave;
    this.theme.start(signal);
    document.addEventListener("visibilitychange", () => this.see(), { signal });
    if (this.hasAttribute("open")) this.show();
    else if (this.service.session.known) this.service.line.start();
  }

  disconnectedCallback() {
    this.leave.abort();
    this.screen.release();
    this.service.line.stop();
  }

  attributeChangedCallback(name, before, after) {
    if (!this.root || before === after) return;
    if (name === "theme") this.theme.apply();
    else if (name === "heading") this.head.name(after);
    else if (after === null) this.hide();
    else this.show();
  }

  /** Number of sentences the customer has not seen. */
  get unread() {
    return this.service?.thread.unread ?? 0;
  }

  /** State of the line: idle, connecting, online, waiting, offline, closed. */
  get state() {
    return this.service?.line.state ?? "idle";
  }

  open() {
    this.setAttribute("open", "");
  }

  close() {
    this.removeAttribute("open");
  }

  toggle() {
    this.toggleAttribute("open");
  }

  /** Open the chat and say something for the customer. */
  ask(text) {
    this.open();
    this.say(String(text));
  }

  build() {
    const server = new URL(this.getAttribute("server") ?? HERE.origin, location.href);
    this.service = new Service(server);
    this.service.addEventListener("change", ({ detail }) => this.changed(detail));
    this.parts();
    this.theme = new Theme(this, this.root);
    this.screen = new Screen(this.panel);
    this.head.name(this.getAttribute("heading"));
    const shadow = this.attachShadow({ mode: "open" });
    shadow.append(...this.styles(), this.root);
    this.place = new Place(this.log.view, {
      moved: () => this.moved(), top: () => this.service.told && this.service.older(), answer: () => this.talk.newest,
    });
  }

  parts() {
    const deeds = {
      say: (text, offered) => this.say(text, offered),
      press: (message, payload, title) => this.acted(() => this.service.press(message, payload, title)),
      retry: (id) => this.service.outbox.retry(id),
      copy: (text) => copy(text, this.panel),
      products: (skus) => this.service.products(skus),
    };
    this.launcher = launcher(() => this.open());
    this.head = head({ close: () => this.close(), hurry: () => this.service.line.hurry() });
    this.log = log({ older: () => this.service.older(), newest: () => this.toNewest() });
    this.composer = new Composer({ send: (text) => this.say(text), limit: () => this.service.textLimit, draft: "liyan:draft" });
    this.strip = journeys(deeds.say, { grand: false });
    fill(this.log.card, journeys(deeds.say, { grand: true }));
    this.talk = new Talk(this.log.list, deeds);
    this.panel = h("section", { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: "-1", hidden: true, on: { keydown: (event) => this.key(event) } },
      this.head.node, this.head.banner, this.log.node, this.strip, this.composer.node);
    this.root = h("div", { class: "root", hidden: true, lang: "zh-CN" }, this.launcher.node, this.panel);
    this.draw();
  }

  /** Nothing is shown before the styles are there, or have failed. */
  styles() {
    let waiting = STYLES.length;
    const settled = () => {
      waiting -= 1;
      if (waiting) return;
      this.root.hidden = false;
      this.composer.fit();
      if (this.hasAttribute("open")) this.place.toEnd();
    };
    return STYLES.map((name) => h("link", {
      rel: "stylesheet", href: new URL(`style/${name}.css`, HERE).href, on: { load: settled, error: settled },
    }));
  }

  /** Whoever speaks while the line is down does not wait for its next try. */
  say(text, offered) {
    this.acted(() => this.service.say(text, offered));
    this.service.line.start();
    this.service.line.hurry();
  }

  /** After an act of the customer the newest stands in sight, and the focus is not lost with a spent button. */
  acted(act) {
    act();
    this.draw();
    this.toNewest();
    const held = this.shadowRoot.activeElement;
    if (!held || held.disabled || !laidOut(held)) this.focusIn();
  }

  show() {
    this.panel.hidden = false;
    this.launcher.node.hidden = true;
    this.launcher.node.setAttribute("aria-expanded", "true");
    this.screen.take();
    this.service.line.start();
    this.composer.fit();
    if (this.unread) this.place.resume();
    else this.place.toEnd();
    this.focusIn();
    this.see();
    this.tell("liyan-open");
  }

  hide() {
    const held = this.shadowRoot.activeElement;
    this.panel.hidden = true;
    this.launcher.node.hidden = false;
    this.launcher.node.setAttribute("aria-expanded", "false");
    this.screen.release();
    if (held) this.launcher.node.focus();
    this.tell("liyan-close");
  }

  /** On a phone the keyboard would cover the welcome: there the panel takes the focus, not the field. */
  focusIn() {
    if (window.matchMedia("(pointer: coarse)").matches) this.panel.focus({ preventScroll: true });
    else this.composer.focus();
  }

  key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && this.screen.phone) this.stayInside(event);
  }

  /** The chat that fills the screen keeps the focus. */
  stayInside(event) {
    const all = [...this.panel.querySelectorAll("button, textarea, a[href], [tabindex='0']")]
      .filter((node) => !node.disabled && laidOut(node));
    const edge = event.shiftKey ? all[0] : all.at(-1);
    const here = this.shadowRoot.activeElement;
    if (here !== edge && !(event.shiftKey && here === this.panel)) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0]).focus();
  }

  changed({ what, state, message, first, failed }) {
    if (what === "line") this.lineChanged(state);
    else if (what === "older") this.olderCame(failed);
    else if (what === "ready") this.readyCame(first);
    else if (what === "message") this.messageCame(message);
    else this.draw();
  }

  lineChanged(state) {
    this.head.show(state);
    this.draw();
    this.tell("liyan-state", { state });
  }

  /** A whole history is not read aloud: only what comes after it. */
  readyCame(first) {
    this.log.list.setAttribute("aria-busy", String(first));
    this.draw();
    if (first && this.started) this.place.toEnd();
    requestAnimationFrame(() => this.log.list.setAttribute("aria-busy", "false"));
    this.composer.changed();
    this.see();
  }

  messageCame(message) {
    this.draw();
    this.see();
    if (message.from !== "customer") this.tell("liyan-message", { id: message.id, from: message.from, ticket: message.ticket ?? null });
  }

  olderCame(failed) {
    this.log.list.setAttribute("aria-busy", "true");
    this.place.following = false;
    this.place.hold(() => this.draw());
    this.log.list.setAttribute("aria-busy", "false");
    if (failed) this.log.more.textContent = WORDS.olderFailed;
  }

  /** Bring everything on the screen up to date. */
  draw() {
    const { thread, outbox, typing, loading, told } = this.service;
    this.started = outbox.entries.size > 0 || thread.messages.some(({ from }) => from === "customer");
    this.talk.draw(thread, outbox.entries.values());
    this.log.card.hidden = this.started || !told;
    this.strip.hidden = !this.started;
    this.log.typing.hidden = !typing;
    this.log.more.hidden = !thread.more;
    this.log.more.disabled = loading;
    this.log.more.textContent = loading ? WORDS.loading : WORDS.older;
    this.launcher.unread(thread.unread);
    this.place?.follow();
    this.pill();
  }

  pill() {
    const { pill, count } = this.log;
    const { unread } = this.service.thread;
    pill.hidden = this.place?.atEnd ?? true;
    count.textContent = unread ? `${WORDS.fresh} ${unread}` : "";
    pill.setAttribute("aria-label", unread ? `${WORDS.toBottom}，${unread} 条未读消息` : WORDS.toBottom);
  }

  moved() {
    this.pill();
    this.see();
  }

  toNewest() {
    this.place.toEnd({ smooth: true });
    this.see();
  }

  /** Seen is what stands in an open chat on a visible page, at the end of the log. */
  see() {
    if (!this.panel.hidden && document.visibilityState === "visible" && this.place.atEnd) this.service.read();
    if (this.unread === this.toldUnread) return;
    this.toldUnread = this.unread;
    this.draw();
    this.tell("liyan-unread", { unread: this.unread });
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
