/** Goods, drawn from the shop's own records: the bubble only names them. */

import { fill, h } from "./dom.js";
import { goods } from "./goods.js";
import { offers } from "./offers.js";
import { showable } from "./recognise.js";
import { spend } from "./spend.js";
import { WORDS } from "./words.js";

const FEW = 5;

/** A price as the customer reads it: ¥1,299.00. */
export function money(price) {
  const value = Number(price);
  return Number.isFinite(value) ? `¥${value.toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}` : "";
}

function stockTag(stock) {
  if (!Number.isInteger(stock)) return null;
  if (stock <= 0) return h("span", { class: "tag bad", text: WORDS.soldOut });
  if (stock <= FEW) return h("span", { class: "tag warn", text: WORDS.few });
  return h("span", { class: "tag good", text: WORDS.inStock });
}

/** The button of one product: the one that the message offers for it, else an ordinary question about it. */
function choice(name, offer, message, deeds) {
  const [text, act] = offer
    ? [WORDS.choose, () => deeds.press(message, offer.payload, offer.title)]
    : [WORDS.ask, () => deeds.say(name)];
  return h("button", { type: "button", class: "choice", text, "aria-label": `${text} ${name}`, on: { click: act } });
}

function row(product, name, button) {
  return h("li", { class: "product" },
    h("span", { class: "product-drawing", "aria-hidden": "true" }, goods(product.category, product.name)),
    h("div", { class: "product-words" },
      h("div", { class: "product-name", text: name }),
      h("div", { class: "product-line" }, h("span", { class: "price", text: money(product.price) }), stockTag(product.stock)),
      product.promotion && h("div", { class: "product-offer", text: showable(product.promotion) })),
    button);
}

/** Draw the goods of a message. Where it offers one of them as a button, the card is that button; others can be asked about any time. */
export function products(message, deeds, redraw) {
  const skus = (Array.isArray(message.custom.skus) ? message.custom.skus : []).filter((sku) => typeof sku === "string").slice(0, 12);
  if (!skus.length) return null;
  const list = h("ul", { class: "card products", "aria-label": WORDS.products, "aria-busy": "true" },
    ...skus.map(() => h("li", { class: "product waiting", "aria-hidden": "true" })));
  const drawn = [];
  const draw = (product) => {
    const name = showable(product.name ?? "");
    const offer = offers(message).find(({ title }) => title === product.name);
    const button = choice(name, offer, message, deeds);
    if (offer) drawn.push({ ...offer, button });
    return row(product, name, button);
  };
  deeds.products(skus).then(
    (found) => {
      list.removeAttribute("aria-busy");
      fill(list, ...found.map(draw));
      list.hidden = !found.length;
      redraw();
    },
    () => {
      list.removeAttribute("aria-busy");
      fill(list, h("li", { class: "product-none", text: WORDS.productsFailed }));
    },
  );
  return {
    node: list,
    draws: (wanted) => drawn.some(({ payload }) => payload === wanted),
    show: (state) => spend(drawn, state),
  };
}
