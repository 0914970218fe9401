/** The drawings of the chat: 24 × 24, one stroke, the colour of the text around them. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  chat: ["M12 3.5c-5 0-9 3.3-9 7.6 0 2.4 1.3 4.6 3.4 6l-.6 3.2c0 .4.3.6.7.4l3.4-1.9c.7.1 1.4.2 2.1.2 5 0 9-3.4 9-7.9s-4-7.6-9-7.6Z", "M8.4 11.2h.01M12 11.2h.01M15.6 11.2h.01"],
  close: ["M6 6l12 12M18 6 6 18"],
  down: ["M12 5v13M6.5 12.5 12 18l5.5-5.5"],
  send: ["M4.6 11.2 19 4.6c.5-.2.9.2.7.7l-6.3 14.3c-.2.5-.9.5-1.1 0l-2.1-5.8-5.6-1.9c-.5-.2-.5-.5 0-.7Z", "m10.3 13.6 3.6-3.6"],
  bag: ["M5.5 8.5h13l-.9 10.2c-.1 1-.9 1.8-2 1.8H8.4c-1.1 0-1.9-.8-2-1.8L5.5 8.5Z", "M8.8 8.3V7.2a3.2 3.2 0 0 1 6.4 0v1.1"],
  truck: ["M3 6.5h10.5v10H3z", "M13.5 10h4l3 3.2v3.3h-7", "M7 18.8a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8ZM17 18.8a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8Z"],
  swap: ["M4.5 9.5h13M14 6l3.5 3.5L14 13", "M19.5 15.5h-13M10 12l-3.5 3.5L10 19"],
  wrench: ["M14.6 6.1a4.4 4.4 0 0 0-5.7 5.7l-5 5a1.7 1.7 0 0 0 0 2.4l.9.9c.7.7 1.7.7 2.4 0l5-5a4.4 4.4 0 0 0 5.7-5.7l-2.7 2.7-2.6-.7-.7-2.6 2.7-2.7Z"],
  megaphone: ["M4 10v4c0 .6.4 1 1 1h2.5l7 4V5l-7 4H5c-.6 0-1 .4-1 1Z", "M18 9a4.2 4.2 0 0 1 0 6", "M8 15l1 4.5"],
  person: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M4.8 20c.6-3.5 3.5-5.6 7.2-5.6s6.6 2.1 7.2 5.6"],
  retry: ["M19 12a7 7 0 1 1-2.2-5.1", "M19.3 3.8v3.8h-3.8"],
  check: ["m5.5 12.5 4.2 4.2 8.8-9.2"],
  clock: ["M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Z", "M12 7.8V12l2.8 1.8"],
  warn: ["M12 4.2 3.4 19h17.2L12 4.2Z", "M12 10v4.2M12 16.7h.01"],
  copy: ["M9 9h10v10.5H9z", "M15 9V5H5v10.5h4"],
  ticket: ["M4 7.5h16v3a1.6 1.6 0 0 0 0 3.2v2.8H4v-2.8a1.6 1.6 0 0 0 0-3.2v-3Z", "M14.5 7.8v1.4M14.5 11.4v1.4M14.5 15v1.2"],
  calendar: ["M4.5 6h15v13.5h-15z", "M4.5 10.2h15M8.5 3.8V7.5M15.5 3.8V7.5"],
  box: ["m12 3.8 7.6 3.9v8.6L12 20.2l-7.6-3.9V7.7L12 3.8Z", "m4.6 7.8 7.4 3.8 7.4-3.8M12 11.8v8"],
  robot: ["M6.2 9.2h11.6c.9 0 1.6.7 1.6 1.6v6.4c0 .9-.7 1.6-1.6 1.6H6.2c-.9 0-1.6-.7-1.6-1.6v-6.4c0-.9.7-1.6 1.6-1.6Z", "M12 9V5.4M12 5.4h.01M9.2 13.4v1M14.8 13.4v1M2.8 13v2.6M21.2 13v2.6"],
};

const STAR = "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8L12 3.6Z";

function drawing(paths, filled) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", filled ? "icon filled" : "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Draw one icon by name; an unknown name is a mistake of ours and raises. */
export function icon(name) {
  const paths = PATHS[name];
  if (!paths) throw new Error(`icons.js: no icon "${name}"; available: ${Object.keys(PATHS).join(", ")}`);
  return drawing(paths, false);
}

/** Draw the star of the rating. */
export function star() {
  return drawing([STAR], true);
}
