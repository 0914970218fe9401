/** What a bubble offers below its text. Each part is a node and a way to show whether it still acts, and what was taken. */

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { offers } from "./offers.js";
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
 * @typedef {{alive: boolean, said: string|null}} State whether it acts, and what the customer said next
 * @typedef {{node: HTMLElement, show?: (state: State) => void, draws?: (payload: string) => boolean}} Part `draws` tells
 * which buttons of the message a card draws itself: they need no second one
 */

function buttons(message, deeds, card) {
  const all = offers(message).map(({ title, payload }) => ({
    title,
    payload,
    button: h("button", {
      type: "button", class: "choice", text: showable(title), dir: "auto", on: { click: () => deeds.press(message, payload, title) },
    }),
  }));
  if (!all.length) return null;
  const row = h("div", { class: "choices", role: "group" }, ...all.map(({ button }) => button));
  return {
    node: row,
    show(state) {
      spend(all, state);
      for (const { button, payload } of all) button.hidden = Boolean(card?.draws?.(payload));
      row.hidden = all.every(({ button }) => button.hidden);
    },
  };
}

function ticket({ ticket: number }, deeds) {
  if (typeof number !== "string" || !number) return null;
  const said = h("span", { class: "copied unseen", role: "status" });
  const button = h("button", { type: "button", class: "copy", "aria-label": `${WORDS.copy} ${number}`, title: WORDS.copy }, icon("copy"));
  button.addEventListener("click", async () => {
    const done = await deeds.copy(number);
    said.textContent = done ? WORDS.copied : "";
    button.title = done ? WORDS.copied : WORDS.copy;
    fill(button, icon(done ? "check" : "copy"));
  });
  return {
    node: h("div", { class: "ticket" }, icon("ticket"),
      h("span", { class: "ticket-name", text: WORDS.ticket }), h("span", { class: "number", text: showable(number) }), button, said),
  };
}

/** Build everything a message offers; null when it offers nothing. */
export function attachments(message, deeds) {
  const draw = Object.hasOwn(KINDS, message.custom?.kind ?? "") ? KINDS[message.custom.kind] : null;
  let before = null;
  const show = (state) => {
    before = state;
    for (const part of parts) part.show?.(state);
  };
  const card = draw?.(message, deeds, () => before && show(before));
  const parts = [ticket(message, deeds), card, buttons(message, deeds, card)].filter(Boolean);
  if (!parts.length) return null;
  return {
    node: h("div", { class: "extras" }, ...parts.map(({ node }) => node)),
    show(state) {
      if (state.alive !== before?.alive || state.said !== before.said) show(state);
    },
  };
}
