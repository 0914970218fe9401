/** Times of a booking: first the day, then the hour. */

import { slotDay, slotSpan } from "./clock.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { offers } from "./offers.js";
import { spend } from "./spend.js";
import { WORDS } from "./words.js";

function byDay(all) {
  const days = new Map();
  for (const slot of all) {
    const day = slotDay(slot.start);
    if (!day.key) continue;
    if (!days.has(day.key)) days.set(day.key, { ...day, slots: [] });
    days.get(day.key).slots.push(slot);
  }
  return [...days.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** Draw the free times of a message. A time is said in the words of its button, where it has one. */
export function slots(message, deeds) {
  const days = byDay(Array.isArray(message.custom.slots) ? message.custom.slots : []);
  if (!days.length) return null;
  const titles = new Map(offers(message).map(({ title, payload }) => [payload, title]));
  const payloads = new Set(days.flatMap((day) => day.slots.map(({ payload }) => payload)));
  const hours = h("div", { class: "hours", role: "group", "aria-label": WORDS.chooseTime });

  const hour = (day, { start, end, payload }) => {
    const span = slotSpan(start, end);
    const title = titles.get(payload) ?? `${day.date} ${span}`;
    const button = h("button", {
      type: "button", class: "hour", text: span, "aria-label": `${day.date} ${span}`,
      on: { click: () => deeds.press(message, payload, title) },
    });
    return { button, title };
  };
  const all = days.map((day) => ({ day, hours: day.slots.map((slot) => hour(day, slot)) }));

  const open = (opened) => {
    for (const one of all) one.tab.setAttribute("aria-pressed", String(one === opened));
    fill(hours, ...opened.hours.map(({ button }) => button));
  };
  for (const one of all) {
    one.tab = h("button", { type: "button", class: "day", on: { click: () => open(one) } },
      h("span", { text: one.day.name }), h("span", { class: "date", text: one.day.date }));
  }
  open(all[0]);

  return {
    node: h("section", { class: "card slots", "aria-label": WORDS.slots },
      h("div", { class: "card-head" }, icon("calendar"), WORDS.slots),
      h("div", { class: "days", role: "group", "aria-label": WORDS.chooseDay }, ...all.map(({ tab }) => tab)), hours),
    draws: (payload) => payloads.has(payload),
    show(state) {
      for (const one of all) {
        spend(one.hours, state);
        one.tab.disabled = !state.alive;
        if (one.hours.some(({ button }) => button.classList.contains("chosen"))) open(one);
      }
    },
  };
}
