/** Small ways to build the document. Text goes in as text nodes only: no markup is ever parsed. */

/**
 * Build an element.
 * @param {string} tag
 * @param {Object<string, unknown>} [props] attributes; `on` holds listeners, `text` the content, false/null leave one out
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (name === "text") node.textContent = String(value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Replace everything inside `node`. */
export function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** The layout in which the chat covers the whole screen: a phone, also lying on its side, or a page that is magnified a lot. */
export const phoneLayout = () => window.matchMedia("(max-width: 560px), (max-height: 480px)");

/** Tell whether a node takes any place on the screen. */
export const laidOut = (node) => node.getClientRects().length > 0;

/** A fresh id that no other tab or visitor makes. */
export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // randomUUID exists in secure contexts only; a shop tried out over plain http has getRandomValues.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
