/**
 * The place in the conversation: follows new sentences, unless the customer reads further up. An answer that is longer than the
 * view is followed to its beginning only, so that it can be read from there.
 */

const NEAR = 64;
const TOP = 48;
const MARGIN = 8;
const NOWHERE = -9;

export class Place {
  /**
   * @param {HTMLElement} view what scrolls
   * @param {{moved: () => void, top: () => void, answer: () => HTMLElement|null}} wiring called when the place changed, and near
   * the beginning; `answer` is where the newest answer begins
   */
  constructor(view, { moved, top, answer }) {
    this.view = view;
    this.answer = answer;
    this.following = true;
    this.gliding = false;
    this.goal = 0;
    view.addEventListener("scroll", () => {
      const arrived = Math.abs(view.scrollTop - this.goal) < 2;
      if (arrived || this.nearEnd()) this.gliding = false;
      // On the way down we are still following; only the customer's own hand ends that.
      this.following = arrived || this.gliding || this.nearEnd();
      if (!this.following) this.goal = NOWHERE;
      moved();
      if (view.scrollTop < TOP) top();
    }, { passive: true });
    for (const hand of ["wheel", "touchmove", "keydown"]) {
      view.addEventListener(hand, () => {
        this.gliding = false;
      }, { passive: true });
    }
    // Some parts grow late (cards, fonts, the keyboard): stay in place while following.
    const watch = new ResizeObserver(() => {
      this.follow();
      moved();
    });
    for (const part of [view, ...view.children]) watch.observe(part);
  }

  /** Tell whether the newest is in sight, or will be in a moment. */
  get atEnd() {
    return this.nearEnd() || (this.gliding && this.goal >= this.end());
  }

  end() {
    return this.view.scrollHeight - this.view.clientHeight;
  }

  nearEnd() {
    return this.end() - this.view.scrollTop < NEAR;
  }

  /** Keep up with what was added; a glide on its way gets the new goal. */
  follow() {
    if (!this.following) return;
    const start = this.begin();
    this.to(this.view.scrollTop > start + 1 ? this.end() : Math.min(start, this.end()), this.gliding);
  }

  /** Follow again, from where the newest answer begins. */
  resume() {
    this.following = true;
    this.follow();
  }

  /** Where the newest answer begins. */
  begin() {
    const row = this.answer();
    if (!row) return Infinity;
    return row.offsetTop - MARGIN;
  }

  toEnd({ smooth = false } = {}) {
    this.following = true;
    this.to(this.end(), smooth);
  }

  to(goal, smooth) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.goal = Math.max(0, Math.floor(goal));
    this.gliding = smooth && !calm && Math.abs(this.view.scrollTop - this.goal) >= 2;
    this.view.scrollTo({ top: this.goal, behavior: this.gliding ? "smooth" : "instant" });
  }

  /** Change what stands above without moving what is read. */
  hold(change) {
    const { scrollHeight, scrollTop } = this.view;
    change();
    if (!this.following) this.view.scrollTop = scrollTop + this.view.scrollHeight - scrollHeight;
  }
}
