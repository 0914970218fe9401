/**
 * The line to the server: opens, greets, stays alive, comes back. It knows nothing of messages.
 * Events: `frame` (detail: the object received), `state` (detail: state, and seconds until the next try).
 */

import { Refused } from "./session.js";

const PING_EVERY = 25_000;
const SILENCE = 20_000;
const GREETING = 10_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const FLOOD_WAIT = 30_000;

const NO_SESSION = 4401;
const FLOOD = 4429;
const FATAL = new Set([4400, 4403]);

export class Line extends EventTarget {
  /**
   * @param {import("./session.js").Session} session
   * @param {() => number|undefined} after the highest seq held, asked for at each greeting
   */
  constructor(session, after) {
    super();
    this.session = session;
    this.after = after;
    this.state = "idle";
    this.tries = 0;
    this.socket = null;
    this.timers = {};
  }

  /** Open the line and keep it open. */
  start() {
    if (this.state !== "idle") return;
    this.leave = new AbortController();
    const { signal } = this.leave;
    window.addEventListener("online", () => this.hurry(), { signal });
    window.addEventListener("offline", () => this.lost(), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry(), { signal });
    this.connect();
  }

  /** Close the line for good, or until `start`. */
  stop() {
    this.leave?.abort();
    this.drop();
    this.to("idle");
  }

  /** Send one frame; false when the line is not up. */
  send(frame) {
    if (this.state !== "online") return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Do not wait for the next try any longer. */
  hurry() {
    if (this.state !== "waiting" && this.state !== "offline") return;
    this.tries = 0;
    this.connect();
  }

  to(state, seconds = 0) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, seconds } }));
  }

  async connect() {
    this.clear();
    this.to("connecting");
    try {
      if (this.session.stale) await this.session.obtain();
    } catch (error) {
      if (error instanceof Refused) console.error(error.message);
      return error instanceof Refused ? this.to("closed") : this.wait();
    }
    if (this.state === "connecting" && !this.socket) this.open();
  }

  open() {
    const socket = new WebSocket(this.session.socketUrl);
    this.socket = socket;
    this.later("greeting", GREETING, () => this.broken());
    socket.addEventListener("open", () => {
      const hello = { type: "hello" };
      if (this.session.token) hello.token = this.session.token;
      const after = this.after();
      if (after) hello.after = after;
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener("message", (event) => socket === this.socket && this.receive(event.data));
    socket.addEventListener("close", (event) => socket === this.socket && this.closed(event.code));
  }

  receive(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame === null || typeof frame !== "object") return;
    clearTimeout(this.timers.silence);
    if (frame.type === "ready") {
      clearTimeout(this.timers.greeting);
      this.tries = 0;
      this.to("online");
      this.beat();
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  beat() {
    this.later("ping", PING_EVERY, () => {
      if (!this.send({ type: "ping" })) return;
      this.later("silence", SILENCE, () => this.broken());
      // A page that stays open for days keeps its visitor; a renewal that fails is tried again with the next ping.
      if (this.session.stale) this.session.obtain().catch(() => {});
      this.beat();
    });
  }

  /** A line that gives no sign of life is as good as closed, whatever the browser thinks. */
  broken() {
    this.drop();
    this.wait();
  }

  lost() {
    if (this.state === "idle" || this.state === "closed") return;
    this.drop();
    this.to("offline");
  }

  closed(code) {
    this.drop();
    this.dispatchEvent(new CustomEvent("closed", { detail: { code } }));
    if (FATAL.has(code)) return this.to("closed");
    if (code === NO_SESSION) this.session.spoil();
    // A session refused twice in a row is not mended by asking faster.
    if (code === NO_SESSION && this.tries === 0) {
      this.tries = 1;
      return this.connect();
    }
    return this.wait(code === FLOOD ? FLOOD_WAIT : undefined);
  }

  wait(span) {
    if (navigator.onLine === false) return this.to("offline");
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries);
    const pause = span ?? longest * (0.75 + Math.random() / 4);
    this.tries += 1;
    this.to("waiting", Math.ceil(pause / 1000));
    this.later("wait", pause, () => this.connect());
    return undefined;
  }

  drop() {
    this.clear();
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  later(name, span, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, span);
  }

  clear() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.timers = {};
  }
}
