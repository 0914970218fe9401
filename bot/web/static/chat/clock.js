/** Times as the customer reads them, in the shop's zone. */

const ZONE = "Asia/Shanghai";
const WEEK = "日一二三四五六";

const fields = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

function read(moment) {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return null;
  const part = Object.fromEntries(fields.formatToParts(date).map(({ type, value }) => [type, value]));
  const day = `${part.year}-${part.month}-${part.day}`;
  return { day, year: +part.year, month: +part.month, date: +part.day, time: `${part.hour}:${part.minute}`, hour: +part.hour };
}

const dayNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000);
const weekday = (day) => `周${WEEK[new Date(`${day}T00:00:00Z`).getUTCDay()]}`;

/** 14:03, or nothing when the moment cannot be read. */
export function timeOf(moment) {
  return read(moment)?.time ?? "";
}

/** The day in the shop's zone, to see where one day ends: 2026-11-22. */
export function dayOf(moment) {
  return read(moment)?.day ?? "";
}

/** The line between two days: 今天, 昨天, 11月20日 周五, 2025年12月31日. */
export function dayName(moment, now = Date.now()) {
  const then = read(moment);
  if (!then) return "";
  const today = read(now);
  const ago = dayNumber(today.day) - dayNumber(then.day);
  if (ago === 0) return "今天";
  if (ago === 1) return "昨天";
  if (then.year !== today.year) return `${then.year}年${then.month}月${then.date}日`;
  return `${then.month}月${then.date}日 ${weekday(then.day)}`;
}

/** The head of a day's choices: 今天, 明天, 后天 or the weekday, and the date beside it. */
export function slotDay(moment, now = Date.now()) {
  const then = read(moment);
  if (!then) return { key: "", name: "", date: "" };
  const ahead = dayNumber(then.day) - dayNumber(read(now).day);
  const name = ["今天", "明天", "后天"][ahead] ?? weekday(then.day);
  return { key: then.day, name, date: `${then.month}月${then.date}日` };
}

/** A span of a booking: 上午 09:00–11:00. */
export function slotSpan(start, end) {
  const from = read(start);
  const to = read(end);
  if (!from) return "";
  const half = from.hour < 12 ? "上午" : from.hour < 18 ? "下午" : "晚上";
  return `${half} ${from.time}${to ? `–${to.time}` : ""}`;
}
