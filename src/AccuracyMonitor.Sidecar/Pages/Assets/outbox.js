// What was answered and has not been acknowledged yet. It is kept in the browser's storage, so that neither a sidecar that is away nor a closed page loses
// it, and is sent again in order. Sending twice changes nothing.
//
// Several pages of one browser share the storage. A page sends its own answers, and those of pages that are closed: what another page has removed may still
// be seen here for some milliseconds, since browsers copy the storage between processes, and a second copy of an answer could arrive after its retraction. An
// open page is known by a lock that it holds, and another lock lets one page send at a time. Browsers have locks on loopback and over HTTPS only; without
// them every page sends everything, and every undo is sent.

import { Refused, post } from './api.js';

const prefix = 'accuracy-monitor-answer:';
const refusedName = 'accuracy-monitor-refused';
const refusedLimit = 100;
const lockOfPage = (page) => `accuracy-monitor-page:${page}`;
const first = 1000;
const longest = 15000;

const outcomes = {
  OUTCOME_CODE_OK: true, OUTCOME_CODE_UNCHANGED: true, OUTCOME_CODE_REPLACED: true,
};

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};

export class Outbox {
  #subject;
  #changed;
  #refused;
  #sending = false;
  #wait = first;
  #timer;
  #count = 0;
  #page = `${Date.now()}-${Math.random().toString(36).slice(2)}`;

  /**
   * @param subject whose answers are sent; others' stay. @param changed called with the number that waits and why.
   * @param refused called with what was not taken.
   */
  constructor(subject, changed, refused) {
    this.#subject = subject;
    this.#changed = changed;
    this.#refused = refused;
    // Held until the page is closed.
    navigator.locks?.request(lockOfPage(this.#page), () => new Promise(() => {}));
    addEventListener('online', () => this.#now());
    this.#now();
  }

  #now() {
    clearTimeout(this.#timer);
    this.#wait = first;
    this.#send();
  }

  /** @returns a key by which undo finds it. @throws when the browser's storage takes no more. */
  add(name, body, item) {
    return this.#put({ name, body, model: item.model, about: item.predictionId });
  }

  /**
   * Takes an entry back: it is not sent any more, or else the call is made that undoes it. Nothing is to be undone of one that was refused.
   * @param call {name, body}; undefined when the sidecar needs no call.
   */
  undo(key, item, call) {
    this.#put({ ...call, model: item.model, about: item.predictionId, of: key });
  }

  wasRefused(key) {
    return (read(refusedName) ?? []).includes(key);
  }

  #put(entry) {
    // Keys sort by the time of the answer, also over several pages of one browser.
    this.#count += 1;
    const key = `${prefix}${String(Date.now()).padStart(15, '0')}-${String(this.#count).padStart(6, '0')}-${Math.random().toString(36).slice(2, 8)}`;
    localStorage.setItem(key, JSON.stringify({ ...entry, subject: this.#subject, page: this.#page, tried: false }));
    this.#now();
    return key;
  }

  #entries() {
    return Object.keys(localStorage).filter((k) => k.startsWith(prefix)).sort().map((key) => ({ key, ...read(key) }))
      .filter((e) => e.subject === this.#subject);
  }

  /** The entries that this page is to send, oldest first. */
  async #own() {
    const entries = this.#entries();
    if (!navigator.locks || entries.every((e) => e.page === this.#page)) return entries;
    const { held, pending } = await navigator.locks.query();
    const open = new Set([...held, ...pending].map((l) => l.name));
    return entries.filter((e) => e.page === this.#page || !open.has(lockOfPage(e.page)));
  }

  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    // Models for which the annotator lacks the role: their answers wait, those of others are sent.
    const forbidden = new Map();
    let rest;
    try {
      do {
        while (await this.#locked(() => this.#next(forbidden))) this.#wait = first;
        // Added while the lock was given back?
        rest = await this.#own();
      } while (rest.some((e) => !forbidden.has(e.model)));
      this.#changed(rest.length, [...forbidden.values()].join('; '));
      // Another page's too: it may be closed by then.
      if (this.#entries().length > 0) this.#later();
    } catch (error) {
      this.#changed((await this.#own()).length, error.message);
      this.#later();
    } finally {
      this.#sending = false;
    }
  }

  #later() {
    this.#timer = setTimeout(() => this.#send(), this.#wait);
    this.#wait = Math.min(longest, 2 * this.#wait);
  }

  #locked(work) {
    return navigator.locks ? navigator.locks.request(`accuracy-monitor-outbox:${this.#subject}`, work) : work();
  }

  /** Settles the oldest entry that may be sent. @returns false: there is none. */
  async #next(forbidden) {
    const entries = await this.#own();
    const entry = entries.find((e) => !forbidden.has(e.model));
    if (!entry) return false;
    const undo = entries.find((e) => e.of === entry.key);
    if (undo && !entry.tried && navigator.locks) {
      localStorage.removeItem(entry.key);
      localStorage.removeItem(undo.key);
      return true;
    }
    let refusal;
    if (entry.name && !(entry.of && this.wasRefused(entry.of))) {
      // Whether an attempt that failed has arrived is unknown: from now on only a call can undo it.
      const { key, ...kept } = entry;
      localStorage.setItem(key, JSON.stringify({ ...kept, tried: true }));
      try {
        refusal = await this.#one(entry);
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 403) throw error;
        forbidden.set(entry.model, error.message);
        return true;
      }
    }
    localStorage.removeItem(entry.key);
    if (refusal) {
      this.#refused(entry.about, refusal);
      localStorage.setItem(refusedName, JSON.stringify([...read(refusedName) ?? [], entry.key].slice(-refusedLimit)));
    }
    return true;
  }

  /** @returns why the call was refused; undefined: it was taken. */
  async #one({ name, body }) {
    try {
      const answer = await post(name, body);
      const bad = answer.outcomes.find((o) => !outcomes[o.code]);
      return bad && (bad.reason || bad.code.replace('OUTCOME_CODE_', '').toLowerCase().replaceAll('_', ' '));
    } catch (error) {
      // Without a session or a role the answer waits; what is refused otherwise is refused always.
      if (!(error instanceof Refused) || error.status === 401 || error.status === 403) throw error;
      return error.message;
    }
  }
}
