/** Five stars; one press is the answer. */

import { h } from "./dom.js";
import { star } from "./icons.js";
import { spend } from "./spend.js";
import { WORDS } from "./words.js";

/** Draw the stars of a message. */
export function rating(message, deeds) {
  const { payloads } = message.custom;
  const said = h("div", { class: "stars-said", "aria-hidden": "true", text: WORDS.rating });
  let chosen = 0;
  let alive = true;

  const light = (score) => {
    all.forEach((button, place) => button.classList.toggle("lit", place < score));
    said.textContent = score ? WORDS.stars[score - 1] : WORDS.rating;
  };
  const press = (score) => {
    chosen = score;
    light(score);
    all[score - 1].setAttribute("aria-pressed", "true");
    const payload = Array.isArray(payloads) ? payloads[score - 1] : null;
    if (payload) deeds.press(message, payload, `${score}分`);
    else deeds.say(`${score}分`, message);
  };

  const all = WORDS.stars.map((name, place) => h("button", {
    type: "button", class: "star", "aria-label": `${place + 1} ${WORDS.star}，${name}`, "aria-pressed": "false",
    on: {
      click: () => press(place + 1),
      pointerenter: () => alive && light(place + 1),
      focus: () => alive && light(place + 1),
      blur: () => light(chosen),
    },
  }, star()));

  const row = h("div", { class: "stars", role: "group", "aria-label": WORDS.rating, on: { pointerleave: () => light(chosen) } }, ...all);
  return {
    node: h("section", { class: "card rating" }, row, said),
    alive(on) {
      alive = on;
      spend(all, on);
    },
  };
}
