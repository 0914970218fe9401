/** The fixed parts of the chat: launcher, head, log, journeys, composer. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { JOURNEYS, WORDS } from "./words.js";

/**
 * What presses do.
 * @typedef {object} Deeds
 * @property {(text: string, offered?: object) => void} say speak for the customer; `offered`: the message whose offer this uses up
 * @property {(message: object, payload: string, title: string) => void} press
 * @property {(clientId: string) => void} retry
 * @property {(text: string) => Promise<boolean>} copy
 * @property {(skus: string[]) => Promise<object[]>} products
 */

/** Draw the button that opens the chat. */
export function launcher(open) {
  const badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  const button = h("button", { type: "button", class: "launcher", "aria-label": WORDS.open, "aria-haspopup": "dialog", "aria-expanded": "false", on: { click: open } },
    icon("chat"), h("span", { class: "launcher-word", "aria-hidden": "true", text: WORDS.launcher }), badge);
  return {
    node: button,
    unread(count) {
      badge.hidden = count === 0;
      badge.textContent = count > 99 ? "99+" : String(count);
      button.setAttribute("aria-label", count ? `${WORDS.open}，${count} 条未读消息` : WORDS.open);
    },
  };
}

/** Draw the journeys; `grand` is the card of a new conversation, otherwise the strip above the composer. */
export function journeys(say, { grand }) {
  const all = JOURNEYS.map(({ icon: name, label, text }) => h("button", {
    type: "button", class: "journey", on: { click: () => say(text) },
  }, icon(name), h("span", { text: label })));
  const list = h("div", { class: "journey-list" }, ...all);
  if (!grand) return strip(list);
  return h("section", { class: "card journeys", "aria-label": WORDS.journeys },
    h("p", { class: "journeys-head", text: WORDS.welcomeCard }), list);
}

/** One line that runs sideways: by hand, by Tab, and by the wheel of a mouse that has only one. */
function strip(list) {
  const node = h("div", { class: "strip", role: "group", "aria-label": WORDS.journeys }, list);
  node.addEventListener("wheel", (event) => {
    if (event.deltaX || node.scrollWidth <= node.clientWidth) return;
    event.preventDefault();
    node.scrollLeft += event.deltaY;
  }, { passive: false });
  return node;
}

const TROUBLES = ["waiting", "offline", "closed"];

/** Draw the head: who one talks to, how the line is, and the way out. */
export function head({ close, hurry }) {
  const title = h("h2", { class: "title", id: "title", text: WORDS.heading });
  const line = h("p", { class: "line", text: WORDS.states.idle });
  const notice = h("span", {});
  const again = h("button", { type: "button", class: "again", text: WORDS.reconnect, on: { click: hurry } });
  const banner = h("div", { class: "banner", role: "status" }, notice, again);
  const shut = h("button", { type: "button", class: "plain close", "aria-label": WORDS.close, on: { click: close } }, icon("close"));
  let trouble = null;
  return {
    node: h("header", { class: "head" }, h("span", { class: "avatar big", "aria-hidden": "true" }, icon("robot")),
      h("div", { class: "who-line" }, title, line), shut),
    banner,
    name(heading) {
      title.textContent = heading || WORDS.heading;
    },
    /** Show how the line is; a trouble stays told while it is tried again, so that the notice does not blink. */
    show(state) {
      if (TROUBLES.includes(state)) trouble = state;
      else if (state !== "connecting") trouble = null;
      line.textContent = trouble ? WORDS.away : WORDS.states[state];
      banner.className = `banner ${trouble ?? ""}`;
      const said = trouble ? WORDS.states[trouble] : "";
      if (notice.textContent !== said) notice.textContent = said;
      again.hidden = state !== "waiting";
    },
  };
}

/** Draw the place of the conversation. */
export function log({ older, newest }) {
  const more = h("button", { type: "button", class: "older", text: WORDS.older, hidden: true, on: { click: older } });
  const list = h("div", { class: "list", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": WORDS.log });
  const card = h("div", { class: "grand" });
  const typing = h("div", { class: "row bot typing", hidden: true },
    h("span", { class: "avatar", "aria-hidden": "true" }, icon("robot")),
    h("div", { class: "bubble dots", role: "img", "aria-label": WORDS.typing }, h("i"), h("i"), h("i")));
  const inner = h("div", { class: "inner" }, more, list, card, typing);
  const view = h("div", { class: "view", tabindex: "0", role: "region", "aria-label": WORDS.log }, inner);
  const count = h("span", { class: "pill-count" });
  const pill = h("button", { type: "button", class: "pill", hidden: true, "aria-label": WORDS.toBottom, on: { click: newest } }, icon("down"), count);
  return { node: h("div", { class: "middle" }, view, pill), view, inner, list, card, more, typing, pill, count };
}
