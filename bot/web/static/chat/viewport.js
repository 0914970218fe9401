/** On a phone the chat fills what the keyboard leaves of the screen, and the page behind stays where it is. */

import { phoneLayout } from "./dom.js";

export class Screen {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    this.layout = phoneLayout();
    this.before = null;
  }

  get phone() {
    return this.layout.matches;
  }

  /** Take the screen when the chat opens. */
  take() {
    this.leave = new AbortController();
    const { signal } = this.leave;
    const fit = () => this.fit();
    window.visualViewport?.addEventListener("resize", fit, { signal });
    window.visualViewport?.addEventListener("scroll", fit, { signal });
    this.layout.addEventListener("change", fit, { signal });
    fit();
  }

  /** Give it back when the chat closes. */
  release() {
    this.leave?.abort();
    this.lock(false);
  }

  fit() {
    this.lock(this.phone);
    this.panel.setAttribute("aria-modal", String(this.phone));
    const view = window.visualViewport;
    const { style } = this.panel;
    if (this.phone && view) {
      style.setProperty("--screen-top", `${view.offsetTop}px`);
      style.setProperty("--screen-height", `${view.height}px`);
    } else {
      style.removeProperty("--screen-top");
      style.removeProperty("--screen-height");
    }
  }

  lock(on) {
    const { style } = document.documentElement;
    if (on && this.before === null) {
      this.before = style.overflow;
      style.overflow = "hidden";
    } else if (!on && this.before !== null) {
      style.overflow = this.before;
      this.before = null;
    }
  }
}
