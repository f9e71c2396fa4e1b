// Leased requests: the one that is shown, and the next three with their inputs. Leases are renewed while somebody works.

import { get, post } from './api.js';
import { load } from './input.js';

const ahead = 3;
const renewal = 1000;

export class Requests {
  #annotator;
  #filter;
  #reveal = false;
  #items = [];
  #asking;
  #turn = 0;
  #released;
  #active = performance.now();
  #lost;

  /** @param annotator the name of who labels, or empty. @param filter {model, version}. @param lost called with an item whose lease ended. */
  constructor(annotator, filter, lost) {
    this.#annotator = annotator;
    this.#filter = filter;
    this.#lost = lost;
    setInterval(() => this.#renew(), renewal);
    addEventListener('pagehide', () => this.release(true));
    for (const event of ['keydown', 'pointerdown']) addEventListener(event, () => { this.#active = performance.now(); }, { capture: true, passive: true });
  }

  get first() {
    return this.#items[0];
  }

  /** Asks for as many as are missing. Throws when the sidecar can't be reached. */
  async fill() {
    if (!this.#asking) {
      const asking = this.#fill(this.#turn).finally(() => {
        if (this.#asking === asking) this.#asking = undefined;
      });
      this.#asking = asking;
    }
    return this.#asking;
  }

  async #fill(turn) {
    const missing = 1 + ahead - this.#items.filter((i) => i.leaseId).length;
    if (missing <= 0) return;
    // What was given back can be had again.
    await this.#released;
    const { items } = await post('lease', { ...this.#filter, maxItems: missing, annotator: this.#annotator }, { reveal: this.#reveal });
    if (turn !== this.#turn) {
      // Asked for before the choice of model or of revealing changed.
      giveBack(items, false);
      return;
    }
    const now = performance.now();
    for (const item of items) {
      item.leased = now;
      item.ends = now + 1000 * item.leaseSeconds;
      item.input = load(item);
      this.#items.push(item);
    }
  }

  /** It is answered or skipped. */
  remove(item) {
    this.#items = this.#items.filter((i) => i !== item);
  }

  /**
   * An answered one comes back to be answered again. Its lease is not renewed any more, but still names what is answered: an opinion is found by its lease
   * alone, and an answer by the prediction would replace the first annotator's label.
   */
  back(item) {
    this.#items.unshift({ ...item, answerLease: item.leaseId || item.answerLease, leaseId: '', ends: Infinity });
  }

  /** @returns milliseconds that the lease of the first still runs. */
  left() {
    return this.first ? this.first.ends - performance.now() : 0;
  }

  async #renew() {
    const now = performance.now();
    // Half of the lease is gone, and somebody has done something since it began: who left does not keep requests from others.
    const due = this.#items.filter((i) => i.leaseId && !i.renewing && now > (i.leased + i.ends) / 2 && now < i.ends && this.#active > i.leased);
    if (due.length > 0) {
      due.forEach((i) => { i.renewing = true; });
      try {
        const { outcomes } = await post('extend', { leaseIds: due.map((i) => i.leaseId) });
        const at = performance.now();
        due.forEach((item, i) => {
          if (outcomes[i].code === 'OUTCOME_CODE_OK') {
            [item.leased, item.ends] = [at, at + 1000 * item.leaseSeconds];
          } else {
            item.ends = 0;
          }
        });
      } catch {
        // The sidecar is away: the lease runs on, and the next second tries again.
      } finally {
        due.forEach((i) => { i.renewing = false; });
      }
    }
    const over = this.#items.filter((i) => i.ends <= performance.now());
    if (over.length > 0) {
      const shown = this.first;
      this.#items = this.#items.filter((i) => !over.includes(i));
      if (over.includes(shown)) this.#lost(shown);
    }
  }

  /** Gives the leased ones back, and asks for others from now on. */
  restart(filter, reveal) {
    this.release(false);
    this.#turn += 1;
    this.#asking = undefined;
    this.#filter = filter;
    this.#reveal = reveal;
  }

  release(leaving) {
    this.#released = giveBack(this.#items, leaving);
    this.#items = [];
  }
}

async function giveBack(items, leaving) {
  const leaseIds = items.map((i) => i.leaseId).filter((id) => id);
  // A sidecar that is away gets them back when the leases end.
  if (leaseIds.length > 0) await post('release', { leaseIds }, {}, leaving).catch(() => {});
}

/** Names of a model's classes; without a table, or with one of another length, its numbers. */
export async function classesOf(item, cache) {
  if (!cache.has(item.model)) cache.set(item.model, await get('classes', { model: item.model }));
  const table = cache.get(item.model);
  if (table.classes.length === item.classCount) return { ...table, named: true };
  return {
    classes: Array.from({ length: item.classCount }, (_, i) => ({ name: `${i}`, aliases: [], colour: '', group: '' })),
    version: '',
    named: false,
    problem: table.classes.length > 0 ? `The file of class names has ${table.classes.length} classes and the model ${item.classCount}: numbers are shown.` : '',
  };
}
