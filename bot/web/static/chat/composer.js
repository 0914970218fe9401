/** Where the customer writes. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { keep } from "./session.js";
import { WORDS, say } from "./words.js";

const COUNT_FROM = 0.8;
const PROCESSING = 229;

/** Characters as the server counts them: code points, not halves of them. */
const lengthOf = (text) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

export class Composer {
  /**
   * @param {{send: (text: string) => void, limit: () => number, draft: string}} wiring `draft` names the store of the unsent text
   */
  constructor({ send, limit, draft }) {
    this.onSend = send;
    this.limit = limit;
    this.draft = draft;
    this.composing = false;
    this.input = h("textarea", {
      class: "input", rows: 1, "aria-label": WORDS.input, placeholder: WORDS.placeholder, enterkeyhint: "send",
      autocomplete: "off", "aria-describedby": "limit", dir: "auto",
    });
    this.button = h("button", { type: "submit", class: "send", "aria-label": WORDS.send }, icon("send"));
    this.counter = h("span", { class: "counter" });
    this.notice = h("p", { class: "limit", id: "limit", role: "status" });
    this.node = h("form", { class: "composer" }, this.notice,
      h("div", { class: "field" }, this.input, this.button),
      h("div", { class: "foot", "aria-hidden": "true" }, h("span", { class: "keys", text: WORDS.keys }), this.counter));
    this.listen();
    this.input.value = keep("sessionStorage", draft) ?? "";
    this.changed();
  }

  listen() {
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("compositionstart", () => {
      this.composing = true;
    });
    // Safari ends the composition before it reports the Enter that chose the word: wait for the next task.
    this.input.addEventListener("compositionend", () => setTimeout(() => {
      this.composing = false;
      this.changed();
    }));
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  /** Enter sends, but never the Enter that chooses a word of an input method. */
  key(event) {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (this.composing || event.isComposing || event.keyCode === PROCESSING) return;
    event.preventDefault();
    if (!event.repeat) this.submit();
  }

  submit() {
    const text = this.input.value;
    if (!text.trim() || this.over() > 0) return;
    this.onSend(text.trim());
    this.input.value = "";
    this.changed();
  }

  over() {
    return lengthOf(this.input.value) - this.limit();
  }

  /** Fit the field to its text, keep the draft, count. */
  changed() {
    const { value } = this.input;
    keep("sessionStorage", this.draft, value || null);
    const limit = this.limit();
    const count = lengthOf(value);
    const over = count - limit;
    this.counter.textContent = count >= limit * COUNT_FROM ? `${count}/${limit}` : "";
    this.counter.classList.toggle("over", over > 0);
    const notice = over > 0 ? say(WORDS.tooLong, { limit, over }) : "";
    if (this.notice.textContent !== notice) this.notice.textContent = notice;
    this.input.setAttribute("aria-invalid", String(over > 0));
    this.button.disabled = over > 0 || !value.trim();
    this.fit();
  }

  /** Give the field the height of its text. While it is measured the form keeps its own, or the conversation above would slip. */
  fit() {
    this.node.style.minHeight = `${this.node.offsetHeight}px`;
    this.input.style.height = "auto";
    // A field that is not laid out yet measures 0 and is fitted when the chat opens.
    if (this.input.scrollHeight) this.input.style.height = `${this.input.scrollHeight}px`;
    this.node.style.minHeight = "";
  }

  focus() {
    this.fit();
    this.input.focus({ preventScroll: true });
  }
}
