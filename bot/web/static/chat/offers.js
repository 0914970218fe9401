/** The buttons of a message, as the server offers them. */

/**
 * @param {object} message as in docs/protocol.md
 * @returns {{title: string, payload: string}[]}
 */
export function offers({ buttons }) {
  return (Array.isArray(buttons) ? buttons : []).filter((button) => typeof button?.payload === "string");
}
