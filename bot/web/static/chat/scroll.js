/** The place in the conversation: follows new sentences, unless the customer reads further up. */

const NEAR = 64;
const TOP = 48;

export class Place {
  /**
   * @param {HTMLElement} view what scrolls
   * @param {{moved: () => void, top: () => void}} wiring called when the place changed, and near the beginning
   */
  constructor(view, { moved, top }) {
    this.view = view;
    this.following = true;
    this.gliding = false;
    view.addEventListener("scroll", () => {
      const near = this.nearEnd();
      if (near) this.gliding = false;
      // On the way down we are still following; only the customer's own hand ends that.
      this.following = near || this.gliding;
      moved();
      if (view.scrollTop < TOP) top();
    }, { passive: true });
    for (const hand of ["wheel", "touchmove", "keydown"]) {
      view.addEventListener(hand, () => {
        this.gliding = false;
      }, { passive: true });
    }
    // Some parts grow late (cards, fonts, the keyboard): stay at the end while following.
    const watch = new ResizeObserver(() => this.follow());
    for (const part of [view, ...view.children]) watch.observe(part);
  }

  nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.view;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  /** Keep up with what was added; a glide on its way gets the new end as its goal. */
  follow() {
    if (this.following) this.toEnd({ smooth: this.gliding });
  }

  toEnd({ smooth = false } = {}) {
    this.following = true;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.gliding = smooth && !calm && !this.nearEnd();
    this.view.scrollTo({ top: this.view.scrollHeight, behavior: this.gliding ? "smooth" : "instant" });
  }

  /** Change what stands above without moving what is read. */
  hold(change) {
    const { scrollHeight, scrollTop } = this.view;
    change();
    if (!this.following) this.view.scrollTop = scrollTop + this.view.scrollHeight - scrollHeight;
  }
}
