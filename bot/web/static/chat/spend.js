/** Buttons that act once. */

import { WORDS } from "./words.js";

/**
 * Let choices act or not. Of spent ones the one that the customer took stays marked, after a reload too; the others say why
 * they do not act when pointed at.
 * @param {{button: HTMLButtonElement, title: string}[]} choices `title` is what a press says for the customer
 * @param {{alive: boolean, said: string|null}} state `said` is the customer's next sentence
 */
export function spend(choices, { alive, said }) {
  for (const { button, title } of choices) {
    const chosen = !alive && title === said;
    button.disabled = !alive;
    button.classList.toggle("chosen", chosen);
    if (chosen) button.setAttribute("aria-pressed", "true");
    else button.removeAttribute("aria-pressed");
    if (alive || chosen) button.removeAttribute("title");
    else button.title = WORDS.expired;
  }
}
