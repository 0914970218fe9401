/** The demo shop: shows the goods of the records and opens the chat with a question. */

import { goods } from "/static/chat/goods.js";
import { h, fill } from "/static/chat/dom.js";
import { money } from "/static/chat/products.js";

const ALL = "全部";
const FIRST = 12;
const chat = document.querySelector("liyan-chat");
const part = (id) => document.getElementById(id);

const state = { products: [], kind: ALL, whole: false };

async function ask(path) {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`shop: GET ${path} answered ${answer.status}`);
  return answer.json();
}

function stock({ stock: left }) {
  if (left <= 0) return h("span", { class: "mark out", text: "暂时缺货" });
  if (left <= 5) return h("span", { class: "mark few", text: `仅余 ${left} 件` });
  return null;
}

function card(product, place) {
  const { name, category, summary, promotion, price } = product;
  return h("li", { class: "goods-card" },
    h("div", { class: `tile tone-${place % 5}`, "aria-hidden": "true" }, goods(category, name)),
    h("div", { class: "goods-words" },
      h("h3", { text: name }),
      summary && h("p", { class: "summary", text: summary }),
      h("p", { class: "marks" }, promotion && h("span", { class: "mark offer", text: promotion }), stock(product)),
      h("div", { class: "buy" }, h("span", { class: "price", text: money(price) }),
        h("button", { type: "button", class: "button small", "aria-label": `问问 ${name}`, text: "问问", on: { click: () => chat.ask(`${name}怎么样，适合我吗？`) } }))));
}

/** One of each kind first, then the second of each: a mixed shelf. */
function mixed(products) {
  const turn = new Map();
  const place = (product) => {
    const nth = turn.get(product.category) ?? 0;
    turn.set(product.category, nth + 1);
    return nth;
  };
  return products.map((product) => ({ product, nth: place(product) })).sort((one, other) => one.nth - other.nth).map(({ product }) => product);
}

function show() {
  const fitting = state.kind === ALL ? mixed(state.products) : state.products.filter(({ category }) => category === state.kind);
  const shown = state.whole ? fitting : fitting.slice(0, FIRST);
  fill(part("grid"), ...shown.map(card));
  part("grid").removeAttribute("aria-busy");
  part("more").hidden = shown.length === fitting.length;
  for (const button of part("kinds").children) button.setAttribute("aria-pressed", String(button.dataset.kind === state.kind));
}

function choose(kind) {
  state.kind = kind;
  state.whole = false;
  show();
}

/** The kinds with the most goods first. */
function kinds(categories) {
  const count = (kind) => state.products.filter(({ category }) => category === kind).length;
  const ordered = [...categories].sort((one, other) => count(other) - count(one));
  fill(part("kinds"), ...[ALL, ...ordered].map((kind) => h("button", {
    type: "button", class: "kind", "data-kind": kind, "aria-pressed": "false", on: { click: () => choose(kind) },
  }, kind === ALL ? null : goods(kind), h("span", { text: kind }))));
}

function profile({ name, phone, hours }) {
  const values = { name, phone, hours };
  for (const node of document.querySelectorAll("[data-shop]")) {
    const value = values[node.dataset.shop];
    if (typeof value !== "string" || !value) continue;
    node.textContent = value;
    if (node.href && node.dataset.shop === "phone") node.href = `tel:${value.replaceAll("-", "")}`;
  }
  if (name) document.title = name;
}

async function load() {
  try {
    const [{ shop, categories }, { products }] = await Promise.all([ask("/api/shop"), ask("/api/products")]);
    profile(shop);
    state.products = products;
    kinds(categories);
    show();
  } catch (error) {
    // The page stands without its shelf; the chat still answers.
    console.error(error);
    part("grid").hidden = true;
    part("none").hidden = false;
  }
}

for (const button of document.querySelectorAll("[data-chat]")) button.addEventListener("click", () => chat.open());
for (const button of document.querySelectorAll("[data-ask]")) button.addEventListener("click", () => chat.ask(button.dataset.ask));
part("more").addEventListener("click", () => {
  state.whole = true;
  show();
});
load();
