/** Five stars; one press is the answer. */

import { h } from "./dom.js";
import { star as drawing } from "./icons.js";
import { spend } from "./spend.js";
import { WORDS } from "./words.js";

/** Draw the stars of a message. */
export function rating(message, deeds) {
  const { payloads } = message.custom;
  // The server shows a pressed star as stars, a score that was said as it was said.
  const title = (score) => (Array.isArray(payloads) ? "★".repeat(score) : `${score}分`);
  const caption = h("div", { class: "stars-said", "aria-hidden": "true", text: WORDS.rating });
  let chosen = 0;
  let alive = true;

  const light = (score) => {
    all.forEach(({ button }, place) => button.classList.toggle("lit", place < score));
    caption.textContent = score ? WORDS.stars[score - 1] : alive ? WORDS.rating : "";
  };
  const press = (score) => {
    chosen = score;
    const payload = Array.isArray(payloads) ? payloads[score - 1] : null;
    if (payload) deeds.press(message, payload, title(score));
    else deeds.say(title(score), message);
  };

  const star = (name, place) => h("button", {
    type: "button", class: "star", "aria-label": `${place + 1} ${WORDS.star}，${name}`,
    on: {
      click: () => press(place + 1),
      pointerenter: () => alive && light(place + 1),
      focus: () => alive && light(place + 1),
      blur: () => light(chosen),
    },
  }, drawing());
  const all = WORDS.stars.map((name, place) => ({ button: star(name, place), title: title(place + 1) }));

  const row = h("div", {
    class: "stars", role: "group", "aria-label": WORDS.rating, on: { pointerleave: () => light(chosen) },
  }, ...all.map(({ button }) => button));
  return {
    node: h("section", { class: "card rating" }, row, caption),
    show(state) {
      alive = state.alive;
      spend(all, state);
      if (!alive) chosen = all.findIndex(({ title: words }) => words === state.said) + 1 || chosen;
      light(chosen);
    },
  };
}
