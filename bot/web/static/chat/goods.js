/** A drawing for each kind of goods: 48 × 48, two tones of one colour. Used by the chat's cards and by the shop page. */

const SVG = "http://www.w3.org/2000/svg";

const body = (d) => ({ d, tone: 0.18 });
const line = (d) => ({ d, tone: 0 });
const box = (x, y, w, h, r = 3) => `M${x + r} ${y}h${w - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${h - 2 * r}a${r} ${r} 0 0 1-${r} ${r}h-${w - 2 * r}a${r} ${r} 0 0 1-${r}-${r}v-${h - 2 * r}a${r} ${r} 0 0 1 ${r}-${r}Z`;
const ring = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0Z`;

const DRAWINGS = {
  phone: [body(box(15, 7, 18, 34, 4)), line("M21 11h6M22 37h4"), body(ring(24, 22, 4))],
  computer: [body(box(10, 11, 28, 19)), line("M6 36h36M16 20h8M16 24h13")],
  headset: [line("M11 29v-4a13 13 0 0 1 26 0v4"), body(box(8, 27, 7, 12)), body(box(33, 27, 7, 12))],
  watch: [body(box(14, 14, 20, 20, 6)), line("M18 14l1-6h10l1 6M18 34l1 6h10l1-6M24 19v5l3 3")],
  fryer: [body("M13 12c0-3 5-5 11-5s11 2 11 5v24c0 3-3 5-6 5H19c-3 0-6-2-6-5V12Z"), line("M13 24h22M20 28h8v5h-8zM21 14h6")],
  aircon: [body(box(6, 11, 36, 14)), line("M11 20h26M15 31c0 3-3 3-3 6M24 31c0 3-3 3-3 6M33 31c0 3-3 3-3 6M34 15h3")],
  washer: [body(box(10, 6, 28, 36)), line("M10 14h28M15 10h4M32 10h1"), body(ring(24, 27, 9)), line("M17 28c3-3 5 2 8 0s4-2 6 0")],
  fridge: [body(box(13, 5, 22, 38)), line("M13 19h22M18 10v5M18 24v8M16 43v1M32 43v1")],
  tv: [body(box(5, 10, 38, 24)), line("M17 41h14M24 34v7M10 27l8-7 6 5 5-4 9 7")],
  cooker: [body("M9 20h30v14c0 3-3 6-6 6H15c-3 0-6-3-6-6V20Z"), line("M7 20h34M12 20c0-6 5-9 12-9s12 3 12 9M24 11V8M5 27h4M39 27h4M20 31h8")],
  heater: [body(box(8, 13, 32, 20, 9)), line("M17 33v7M31 33v7M30 23a3 3 0 1 0 6 0 3 3 0 1 0-6 0M14 21h8")],
  hood: [body("M18 7h12v13l11 8v5H7v-5l11-8V7Z"), line("M7 28h34M15 37v3M24 37v4M33 37v3")],
  stove: [body(box(6, 16, 36, 18)), line(`${ring(16, 25, 5)}${ring(32, 25, 5)}M16 34v3M32 34v3`)],
  water: [body("M24 7c7 8 12 14 12 21a12 12 0 0 1-24 0c0-7 5-13 12-21Z"), line("M18 29a6 6 0 0 0 6 6")],
  router: [body(box(8, 26, 32, 12)), line("M14 32h.1M20 32h.1M34 26V12M28 18a8 8 0 0 1 12 0M14 26V14")],
  fan: [body(ring(24, 19, 13)), line(`M24 32v7M16 41h16${ring(24, 19, 2)}M24 17c-1-6 4-7 6-4M26 20c6 1 6 6 2 7M22 20c-4 4-8 1-7-4`)],
  vacuum: [line("M33 6 22 31"), body("M12 34h18l3 7H9l3-7Z"), body(box(25, 13, 8, 12, 3))],
  lamp: [body("M16 8h16l6 15H10l6-15Z"), line("M24 23v16M16 41h16M31 23v5")],
  clothes: [body("M17 8 7 14l4 9 4-2v19h18V21l4 2 4-9-10-6c-1 4-4 6-7 6s-6-2-7-6Z"), line("M15 35h18")],
  shoes: [body("M7 16c5 5 10 4 12 0l9 9c3 2 13 3 13 8v4H7V16Z"), line("M7 32h34M22 25l3-3M26 28l3-3")],
  food: [body("M12 20h24l-2 17c0 2-2 4-4 4H18c-2 0-4-2-4-4l-2-17Z"), line("M10 20h28M17 20c0-8 14-8 14 0M24 12V7c4 0 6-1 7-3M20 27v7M28 27v7")],
  tea: [body("M10 17h24v12c0 6-5 10-12 10s-12-4-12-10V17Z"), line("M34 20c8-1 8 11-1 11M16 12c0-3 2-3 2-6M25 12c0-3 2-3 2-6")],
  furniture: [body("M14 29V13c0-3 2-5 5-5h10c3 0 5 2 5 5v16H14Z"), body("M7 23c0-5 8-5 8 0v6h18v-6c0-5 8-5 8 0v11c0 1-1 2-2 2H9c-1 0-2-1-2-2V23Z"), line("M12 36v5M36 36v5")],
  desk: [body(box(6, 15, 36, 6, 2)), body(box(26, 21, 12, 12, 1)), line("M10 21v20M38 33v8M30 27h4M14 15V9h8v6")],
  chair: [body("M17 7h14c2 0 3 2 3 4l-2 15H16l-2-15c0-2 1-4 3-4Z"), body(box(12, 26, 24, 5, 2)), line("M24 31v6M14 41c3-4 17-4 20 0M10 20v6h4M38 20v6h-4")],
  cabinet: [body(box(9, 7, 30, 32, 2)), line("M9 18h30M9 28h30M22 13h4M22 23h4M22 33h4M13 39v3M35 39v3")],
  fruit: [body("M24 15c-4-3-14-3-14 9 0 9 6 17 10 17 2 0 2-1 4-1s2 1 4 1c4 0 10-8 10-17 0-12-10-12-14-9Z"), line("M24 15c0-4 1-7 4-9M28 11c3 1 6 0 8-3-4-1-7 0-8 3Z")],
  bed: [body(box(6, 22, 36, 13)), line("M6 40v-5M42 40v-5M10 22v-7c0-2 1-3 3-3h22c2 0 3 1 3 3v7M15 22v-4h8v4M26 22v-4h8v4")],
  book: [body("M24 12c-4-3-10-4-17-3v27c7-1 13 0 17 3 4-3 10-4 17-3V9c-7-1-13 0-17 3Z"), line("M24 12v27M12 17c3 0 5 0 7 1M12 23c3 0 5 0 7 1M29 18c2-1 4-1 7-1M29 24c2-1 4-1 7-1")],
  software: [body(ring(24, 24, 17)), line(`${ring(24, 24, 5)}M24 12a12 12 0 0 1 12 12`)],
  custom: [body("M8 34 32 10l6 6-24 24H8v-6Z"), line("M27 15l6 6M31 38h10M36 33v10"), line("M12 8v8M8 12h8")],
  baby: [body(ring(24, 26, 14)), line("M19 24h.1M29 24h.1M19 31c3 3 7 3 10 0M24 12c-2-3 1-6 4-4")],
  box: [body("M24 6 40 14v20l-16 8-16-8V14l16-8Z"), line("M8 14l16 8 16-8M24 22v20M16 10l16 8")],
};

// Kinds whose goods all look alike, whatever their titles speak of.
const KINDS = { 图书: "book", 软件: "software", 定制: "custom" };

// From the finer word to the coarser: the first that occurs in the name, or else in the category, decides.
const WORDS = [
  ["headset", /耳机|音箱|音响/], ["watch", /手表|手环/], ["computer", /电脑|平板|显示器|键盘|Pad/], ["router", /路由/], ["phone", /手机/],
  ["aircon", /空调/], ["washer", /洗衣|洗碗|烘干/], ["fridge", /冰箱|冰柜/], ["tv", /电视|投影/], ["heater", /热水器/], ["water", /净水/],
  ["hood", /油烟机/], ["stove", /燃气灶/], ["fan", /风扇|净化|加湿|取暖/], ["fryer", /空气炸|微波|烤箱/], ["vacuum", /吸尘|扫地|拖地|洗地/],
  ["lamp", /灯/], ["cooker", /电饭|锅|煲|壶|豆浆|榨汁|破壁/], ["bed", /床|被|枕/], ["desk", /桌/], ["chair", /椅|凳/], ["cabinet", /柜|架/], ["furniture", /家具|沙发/],
  ["shoes", /鞋|靴/], ["clothes", /服|衣|裤|裙|衫|恤|毛巾/], ["tea", /茶|咖啡|杯/], ["fruit", /生鲜|水果|葡萄|橙|苹果/], ["food", /食品|零食|坚果|米|肉/],
  ["baby", /母婴|玩具/], ["fryer", /家电|电器/], ["book", /书|刊/],
];

/** Name the drawing that fits. */
export function drawingFor(category = "", name = "") {
  if (Object.hasOwn(KINDS, category)) return KINDS[category];
  for (const text of [name, category]) {
    const found = WORDS.find(([, pattern]) => pattern.test(text ?? ""));
    if (found) return found[0];
  }
  return "box";
}

/** Draw goods of a category; the name of the goods, when given, says it finer. */
export function goods(category, name) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 48 48", class: "goods", "aria-hidden": "true", focusable: "false", fill: "currentColor", stroke: "currentColor", "stroke-width": "1.6", "stroke-linecap": "round", "stroke-linejoin": "round" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const { d, tone } of DRAWINGS[drawingFor(category, name)]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("fill-opacity", String(tone));
    svg.append(path);
  }
  return svg;
}
