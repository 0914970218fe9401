/** What a bubble offers below its text. Each part is a node and a way to say that it no longer acts. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { orders } from "./orders.js";
import { products } from "./products.js";
import { rating } from "./rating.js";
import { showable } from "./recognise.js";
import { slots } from "./slots.js";
import { spend } from "./spend.js";
import { WORDS } from "./words.js";

const KINDS = { slots, rating, products, orders };

/**
 * One part.
 * @typedef {{node: HTMLElement, alive?: (on: boolean) => void}} Part
 */

/** The payloads that a card draws itself: they need no second button. */
function drawn(custom) {
  return new Set((Array.isArray(custom?.slots) ? custom.slots : []).map(({ payload }) => payload));
}

function buttons(message, deeds) {
  const card = drawn(message.custom);
  const left = (Array.isArray(message.buttons) ? message.buttons : []).filter(({ payload }) => !card.has(payload));
  if (!left.length) return null;
  const row = h("div", { class: "choices", role: "group" });
  const all = left.map(({ title, payload }) => {
    const button = h("button", { type: "button", class: "choice", text: showable(title), dir: "auto" });
    button.addEventListener("click", () => {
      button.classList.add("chosen");
      deeds.press(message, payload, title);
    });
    return button;
  });
  row.append(...all);
  return { node: row, alive: (on) => spend(all, on) };
}

function ticket({ ticket: number }, deeds) {
  if (typeof number !== "string" || !number) return null;
  const said = h("span", { class: "copied", role: "status" });
  const button = h("button", { type: "button", class: "copy", "aria-label": `${WORDS.copy} ${number}` }, icon("copy"));
  button.addEventListener("click", async () => {
    said.textContent = (await deeds.copy(number)) ? WORDS.copied : "";
  });
  return {
    node: h("div", { class: "ticket" }, icon("ticket"),
      h("span", { class: "ticket-name", text: WORDS.ticket }), h("span", { class: "number", text: showable(number) }), button, said),
  };
}

/** Build everything a message offers; null when it offers nothing. */
export function attachments(message, deeds) {
  const draw = Object.hasOwn(KINDS, message.custom?.kind ?? "") ? KINDS[message.custom.kind] : null;
  const parts = [ticket(message, deeds), draw?.(message, deeds), buttons(message, deeds)].filter(Boolean);
  if (!parts.length) return null;
  let before = null;
  return {
    node: h("div", { class: "extras" }, ...parts.map(({ node }) => node)),
    alive(on) {
      if (on === before) return;
      before = on;
      for (const part of parts) part.alive?.(on);
    },
  };
}
