/** Buttons that act once. */

import { WORDS } from "./words.js";

/** Let buttons act or not; a spent one says why when pointed at. */
export function spend(all, on) {
  for (const button of all) {
    button.disabled = !on;
    if (on) button.removeAttribute("title");
    else button.title = WORDS.expired;
  }
}
