/** The conversation as the server tells it: sentences by seq, which turn is alive, what is unread. */

export class Thread {
  constructor() {
    this.messages = [];
    this.live = null;
    this.unread = 0;
    this.more = false;
    this.pressed = new Set();
  }

  get last() {
    return this.messages.at(-1)?.seq;
  }

  get first() {
    return this.messages[0]?.seq;
  }

  /** Take the answer to a greeting. */
  ready({ messages = [], reset = true, more = false, live = null, unread = 0 }) {
    if (reset) {
      this.messages = [];
      this.more = more;
    }
    this.merge(messages);
    this.live = live;
    this.unread = unread;
  }

  /** Take one new sentence; false when it was known. */
  add({ message, live, unread }) {
    if (live !== undefined) this.live = live;
    if (unread !== undefined) this.unread = unread;
    return this.merge([message]) > 0;
  }

  /** Take a page of older sentences. */
  older({ messages = [], more = false }) {
    this.more = more;
    return this.merge(messages);
  }

  merge(messages) {
    const known = new Set(this.messages.map(({ seq }) => seq));
    const fresh = messages.filter((message) => message && Number.isInteger(message.seq) && !known.has(message.seq));
    if (fresh.length) this.messages = [...this.messages, ...fresh].sort((one, other) => one.seq - other.seq);
    return fresh.length;
  }

  /** Remember that one of a turn's buttons was pressed: all of them are spent. */
  press(turn) {
    if (turn) this.pressed.add(turn);
  }

  /** Take the server's word on which turn acts now; one that acts again can be pressed again. */
  lives(turn) {
    this.live = turn;
    this.pressed.delete(turn);
  }

  /** Tell whether what a bubble offers still acts. */
  alive({ turn }) {
    return Boolean(turn) && turn === this.live && !this.pressed.has(turn);
  }
}
