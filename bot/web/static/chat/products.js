/** Goods, drawn from the shop's own records: the bubble only names them. */

import { fill, h } from "./dom.js";
import { goods } from "./goods.js";
import { showable } from "./recognise.js";
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

function row(product, deeds) {
  const name = showable(product.name ?? "");
  return h("li", { class: "product" },
    h("span", { class: "product-drawing", "aria-hidden": "true" }, goods(product.category, product.name)),
    h("div", { class: "product-words" },
      h("div", { class: "product-name", text: name }),
      h("div", { class: "product-line" }, h("span", { class: "price", text: money(product.price) }), stockTag(product.stock)),
      product.promotion && h("div", { class: "product-offer", text: showable(product.promotion) })),
    h("button", { type: "button", class: "choice", text: WORDS.ask, "aria-label": `${WORDS.ask} ${name}`, on: { click: () => deeds.say(name) } }));
}

/** Draw the goods of a message; they stay pressable, a press is an ordinary sentence. */
export function products(message, deeds) {
  const skus = (Array.isArray(message.custom.skus) ? message.custom.skus : []).filter((sku) => typeof sku === "string").slice(0, 12);
  if (!skus.length) return null;
  const list = h("ul", { class: "card products", "aria-label": WORDS.products, "aria-busy": "true" },
    ...skus.map(() => h("li", { class: "product waiting", "aria-hidden": "true" })));
  deeds.products(skus).then(
    (found) => {
      list.removeAttribute("aria-busy");
      fill(list, ...found.map((product) => row(product, deeds)));
      list.hidden = !found.length;
    },
    () => {
      list.removeAttribute("aria-busy");
      fill(list, h("li", { class: "product-none", text: WORDS.productsFailed }));
    },
  );
  return { node: list };
}
