/** Light or dark: the attribute decides, otherwise the visitor's system. */

export class Theme {
  /**
   * @param {HTMLElement} host the element whose `theme` attribute may say light, dark or auto
   * @param {HTMLElement} root what carries the result as `data-theme`
   */
  constructor(host, root) {
    this.host = host;
    this.root = root;
    this.system = window.matchMedia("(prefers-color-scheme: dark)");
  }

  start(signal) {
    this.system.addEventListener("change", () => this.apply(), { signal });
    this.apply();
  }

  apply() {
    const wish = this.host.getAttribute("theme");
    const dark = wish === "dark" || (wish !== "light" && this.system.matches);
    this.root.dataset.theme = dark ? "dark" : "light";
  }
}
