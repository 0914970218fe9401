// Looks over everything that is drawn, shadow trees included, and returns what a person with weak sight, a keyboard or a
// screen reader would stumble over: one line for each fault.
() => {
  const faults = [];
  const fault = (node, what) => faults.push(`${what}: <${node.localName} class="${node.className?.baseVal ?? node.className}"> ${(node.textContent ?? "").trim().slice(0, 30)}`);

  const everything = (root) => [...root.querySelectorAll("*")].flatMap((node) => [node, ...(node.shadowRoot ? everything(node.shadowRoot) : [])]);
  const parent = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const shown = (node) => {
    const { width, height } = node.getBoundingClientRect();
    return width > 1 && height > 1 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };

  // Colours, as the browser computed them: rgb(…), rgba(…), color(srgb …).
  const channels = (text) => {
    const numbers = text.match(/-?[\d.]+(e-?\d+)?/g)?.map(Number) ?? [0, 0, 0, 0];
    const scale = text.startsWith("color(") ? 255 : 1;
    const [r, g, b] = numbers.slice(0, 3).map((value) => value * scale);
    return [r, g, b, numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, at) => value * a + below[at] * (1 - a));
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = parent(at)) layers.push(channels(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };

  const all = everything(document).filter((node) => node.localName !== "script" && node.localName !== "style");
  const visible = all.filter(shown);

  for (const node of visible) {
    const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    const style = getComputedStyle(node);
    if (own || node.localName === "textarea") {
      const below = ground(node);
      const ratio = contrast(over(channels(style.color), below), below);
      if (ratio < 4.5) fault(node, `contrast ${ratio.toFixed(2)}`);
    }
    if (node.localName === "textarea") {
      const below = ground(node);
      const ratio = contrast(over(channels(getComputedStyle(node, "::placeholder").color), below), below);
      if (ratio < 4.5) fault(node, `placeholder ${ratio.toFixed(2)}`);
    }
    if (own && parseFloat(style.fontSize) < 12) fault(node, `letters of ${style.fontSize}`);
  }

  const labelled = (node) => {
    const root = node.getRootNode();
    const by = (node.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => root.getElementById?.(id)?.textContent).join("");
    return (node.getAttribute("aria-label") || by || node.labels?.[0]?.textContent || node.textContent || "").trim();
  };
  for (const node of visible.filter((one) => one.matches("button, a[href], textarea, input, [role=dialog], [role=group], [role=log], [role=region], [role=img]"))) {
    if (!labelled(node) && !(node.matches("[role=group]") && node.classList.contains("choices"))) fault(node, "no name");
  }
  for (const node of visible.filter((one) => one.matches("button:enabled, textarea"))) {
    const { width, height } = node.getBoundingClientRect();
    if (width < 24 || height < 24) fault(node, `target ${Math.round(width)}×${Math.round(height)}`);
  }
  for (const node of all) {
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
      for (const id of (node.getAttribute(name) ?? "").split(" ").filter(Boolean)) {
        if (!node.getRootNode().getElementById(id)) fault(node, `${name} names nothing: ${id}`);
      }
    }
    if (node.localName === "img" && !node.hasAttribute("alt")) fault(node, "no alt");
    if (node.localName === "svg" && node.getAttribute("aria-hidden") !== "true") fault(node, "drawing not hidden from screen readers");
    if (node.matches("[aria-hidden=true] :is(a, button, textarea)")) fault(node, "focus inside what is hidden");
    if (Number(node.getAttribute("tabindex")) > 0) fault(node, "own order of focus");
    if (node.localName === "ul" && [...node.children].some((child) => child.localName !== "li")) fault(node, "list holds no items");
  }
  for (const root of [document, ...all.map((node) => node.shadowRoot).filter(Boolean)]) {
    const ids = [...root.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of ids.filter((one, at) => ids.indexOf(one) !== at)) faults.push(`id twice: ${id}`);
    let level = root === document ? 0 : 1;
    for (const node of root.querySelectorAll("h1, h2, h3, h4")) {
      const next = Number(node.localName[1]);
      if (next > level + 1) fault(node, `heading after level ${level}`);
      level = next;
    }
  }
  if (!document.documentElement.lang) faults.push("page without a language");
  return faults;
}
