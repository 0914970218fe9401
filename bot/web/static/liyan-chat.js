/** Liyan's chat: one script tag puts it on a page. See docs/embed.md. */

import { LiyanChat } from "./chat/element.js";

if (!customElements.get("liyan-chat")) customElements.define("liyan-chat", LiyanChat);

/** A page that says nothing more gets the chat in its corner; one that writes the tag itself is left as it is. */
function appear() {
  if (!document.querySelector("liyan-chat")) document.body.append(document.createElement("liyan-chat"));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", appear);
else appear();
