/**
 * Who the visitor is, as the server signed it: a cookie on the server's own pages, a token on pages of other origins.
 * The token lies in the embedding page's localStorage; it is worthless on any other origin.
 */

const DAY = 86_400;
const JSON_HEADERS = { "content-type": "application/json" };

/** The answer of a server that wants nothing to do with this page: trying again is no use. */
export class Refused extends Error {}

/** Read or write a store that may be shut (private windows, blocked cookies): nothing breaks then. */
export function keep(storage, key, value) {
  try {
    const store = window[storage];
    if (value === undefined) return store.getItem(key);
    if (value === null) store.removeItem(key);
    else store.setItem(key, value);
  } catch {
    // A shut store only means that the visitor is not known after a reload.
  }
  return null;
}

export class Session {
  /** @param {URL} server base address of the gateway */
  constructor(server) {
    this.server = server;
    this.foreign = server.origin !== location.origin;
    this.tokenKey = `liyan:token:${server.origin}`;
    this.knownKey = `liyan:known:${server.origin}`;
    this.token = this.foreign ? keep("localStorage", this.tokenKey) : null;
    this.goodUntil = 0;
  }

  /** Tell whether this browser has talked to us before, so that unread answers are worth asking for. */
  get known() {
    return keep("localStorage", this.knownKey) !== null;
  }

  url(path) {
    return new URL(path, this.server);
  }

  get socketUrl() {
    const url = this.url("/ws/chat");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url;
  }

  /** Tell whether the session is to be had, or had anew, before the next greeting. */
  get stale() {
    return Date.now() >= this.goodUntil;
  }

  /** The server did not accept it. */
  spoil() {
    this.goodUntil = 0;
  }

  /**
   * Get or renew the session.
   * @throws {Refused} when the server does not serve this page's origin
   * @throws {Error} when it cannot be reached
   */
  async obtain() {
    const body = this.foreign && this.token ? { token: this.token } : {};
    const answer = await fetch(this.url("/api/session"), {
      method: "POST", credentials: "same-origin", headers: JSON_HEADERS, body: JSON.stringify(body),
    });
    if (answer.status === 403) throw new Refused("liyan-chat: the server does not serve this origin; add it to LIYAN_EMBED_ORIGINS");
    if (!answer.ok) throw new Error(`liyan-chat: POST /api/session answered ${answer.status}`);
    const { token, renew_after: seconds } = await answer.json();
    this.token = token ?? null;
    this.goodUntil = Date.now() + (seconds ?? DAY) * 1000;
    if (token) keep("localStorage", this.tokenKey, token);
    keep("localStorage", this.knownKey, "1");
  }

  /** Ask for JSON on behalf of the visitor. */
  async get(path, query = {}) {
    const url = this.url(path);
    for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) url.searchParams.append(name, one);
    const headers = this.token ? { authorization: `Bearer ${this.token}` } : {};
    const answer = await fetch(url, { credentials: "same-origin", headers });
    if (!answer.ok) throw new Error(`liyan-chat: GET ${path} answered ${answer.status}`);
    return answer.json();
  }
}
