// What was answered and has not been acknowledged yet. It is kept in the browser's storage, so that neither a sidecar that is away nor a closed page loses
// it, and is sent again in order. Sending twice changes nothing.

import { Refused, Unreachable, get, post } from './api.js';

const prefix = 'accuracy-monitor-answer:';
const first = 1000;
const longest = 15000;

const outcomes = {
  OUTCOME_CODE_OK: true, OUTCOME_CODE_UNCHANGED: true, OUTCOME_CODE_REPLACED: true,
};

export class Outbox {
  #subject;
  #changed;
  #refused;
  #sending = false;
  #wait = first;
  #timer;
  #count = 0;
  #current;

  /**
   * @param subject whose answers are sent; others' stay. @param changed called with the number that waits and why.
   * @param refused called with what was not taken.
   */
  constructor(subject, changed, refused) {
    this.#subject = subject;
    this.#changed = changed;
    this.#refused = refused;
    addEventListener('online', () => this.#now());
    this.#now();
  }

  #now() {
    clearTimeout(this.#timer);
    this.#wait = first;
    this.#send();
  }

  /** @returns a key by which cancel finds it. */
  add(name, body, about) {
    // Keys sort by the time of the answer, also over several pages of one browser.
    this.#count += 1;
    const key = `${prefix}${String(Date.now()).padStart(15, '0')}-${String(this.#count).padStart(6, '0')}-${Math.random().toString(36).slice(2, 8)}`;
    localStorage.setItem(key, JSON.stringify({ name, body, about, subject: this.#subject }));
    this.#now();
    return key;
  }

  /** Takes back what was not sent yet. @returns false: it was sent, or is being sent. */
  cancel(key) {
    if (key === this.#current || localStorage.getItem(key) === null) return false;
    localStorage.removeItem(key);
    return true;
  }

  waiting() {
    return this.#keys().length;
  }

  #keys() {
    return Object.keys(localStorage).filter((k) => k.startsWith(prefix) && this.#read(k)?.subject === this.#subject).sort();
  }

  #read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let keys = this.#keys(); keys.length > 0; keys = this.#keys()) {
        const { name, body, about } = this.#read(keys[0]);
        this.#current = keys[0];
        await this.#one(name, body, about);
        localStorage.removeItem(keys[0]);
        this.#current = undefined;
        this.#wait = first;
      }
      this.#changed(0, '');
    } catch (error) {
      this.#changed(this.waiting(), error.message);
      this.#timer = setTimeout(() => this.#send(), this.#wait);
      this.#wait = Math.min(longest, 2 * this.#wait);
    } finally {
      this.#current = undefined;
      this.#sending = false;
    }
  }

  async #one(name, body, about) {
    try {
      const answer = await post(name, body);
      const bad = answer.outcomes.find((o) => !outcomes[o.code]);
      if (bad) this.#refused(about, bad.code.replace('OUTCOME_CODE_', '').toLowerCase().replaceAll('_', ' '), bad.reason);
    } catch (error) {
      // Without a session the answer waits for the next one; what is refused now is refused always.
      if (error instanceof Refused && error.status !== 401 && error.status !== 403) {
        this.#refused(about, 'refused', error.message);
        return;
      }
      if (error instanceof Refused) {
        const who = await get('session').catch(() => null);
        if (who?.mayLabel) throw new Unreachable(error.message);
      }
      throw error;
    }
  }
}
