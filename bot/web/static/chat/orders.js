/** Orders to choose from. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { showable } from "./recognise.js";
import { spend } from "./spend.js";
import { WORDS } from "./words.js";

function line({ name, quantity }) {
  return h("li", {}, h("span", { class: "order-item", text: showable(name ?? "") }),
    Number.isInteger(quantity) && h("span", { class: "order-count", text: `× ${quantity}` }));
}

/** Draw the orders of a message. */
export function orders(message, deeds) {
  const list = Array.isArray(message.custom.orders) ? message.custom.orders : [];
  if (!list.length) return null;
  const choices = [];
  const cards = list.map((order) => {
    const number = showable(order.number ?? "");
    const state = WORDS.orderStates[order.state] ?? showable(order.state ?? "");
    const button = order.payload && h("button", {
      type: "button", class: "choice", text: WORDS.chooseOrder, "aria-label": `${WORDS.chooseOrder} ${number}`,
      on: { click: () => deeds.press(message, order.payload, number) },
    });
    if (button) choices.push({ button, title: number });
    return h("li", { class: "order" },
      h("div", { class: "card-head" }, icon("box"), h("span", { class: "number", text: `${WORDS.orderNumber} ${number}` }),
        h("span", { class: `tag ${order.state === "delivered" ? "good" : ""}`, text: state })),
      h("ul", { class: "order-items" }, ...(Array.isArray(order.items) ? order.items : []).map(line)), button);
  });
  return { node: h("ul", { class: "card orders", "aria-label": WORDS.orders }, ...cards), show: (state) => spend(choices, state) };
}
