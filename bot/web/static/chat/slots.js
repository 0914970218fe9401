/** Times of a booking: first the day, then the hour. */

import { slotDay, slotSpan } from "./clock.js";
import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
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

/** Draw the free times of a message. */
export function slots(message, deeds) {
  const days = byDay(Array.isArray(message.custom.slots) ? message.custom.slots : []);
  if (!days.length) return null;
  const hours = h("div", { class: "hours", role: "group", "aria-label": WORDS.chooseTime });
  let alive = true;

  const show = (day) => {
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.day === day.key));
    const all = day.slots.map((slot) => h("button", {
      type: "button", class: "hour", text: slotSpan(slot.start, slot.end),
      "aria-label": `${day.date} ${slotSpan(slot.start, slot.end)}`,
      on: { click: (event) => {
        event.currentTarget.classList.add("chosen");
        deeds.press(message, slot.payload, `${day.date} ${slotSpan(slot.start, slot.end)}`);
      } },
    }));
    fill(hours, ...all);
    spend(all, alive);
  };

  const tabs = days.map((day) => h("button", {
    type: "button", class: "day", "data-day": day.key, "aria-pressed": "false", on: { click: () => show(day) },
  }, h("span", { text: day.name }), h("span", { class: "date", text: day.date })));
  show(days[0]);

  return {
    node: h("section", { class: "card slots", "aria-label": WORDS.slots },
      h("div", { class: "card-head" }, icon("calendar"), WORDS.slots),
      h("div", { class: "days", role: "group", "aria-label": WORDS.chooseDay }, ...tabs), hours),
    alive(on) {
      alive = on;
      spend([...hours.children], on);
    },
  };
}
