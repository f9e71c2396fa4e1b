// The classes to choose from: all of them with keys while they are few, a search while they are many.

import { element } from './api.js';

// Without g (guidelines). Digits come first.
const letters = 'qwertyuiopasdfhjklzxcvbnm';
const digits = '1234567890';
const recentLimit = 20;
const shownLimit = 50;

const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export class Choices {
  #list = document.getElementById('classes');
  #search = document.getElementById('search');
  #label = document.getElementById('search-label');
  #none = document.getElementById('no-match');
  #pick;
  #table;
  #keys = new Map();
  #shown = [];
  #recent = new Map();

  /** @param pick called with the class number. */
  constructor(pick) {
    this.#pick = pick;
    this.#search.addEventListener('input', () => this.#draw());
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && this.#shown.length > 0 && this.#search.value.trim()) {
        event.preventDefault();
        const found = this.#shown[0];
        // With keys for all classes the next answer is a key again, which a search would take for its text.
        if (!this.isLarge) this.#leaveSearch();
        this.#pick(found);
      } else if (event.key === 'Escape') {
        event.preventDefault();
        this.#leaveSearch();
      }
    });
  }

  get isLarge() {
    return this.#table && this.#table.classes.length > digits.length + letters.length;
  }

  /** Shows the classes of the request at hand. */
  show(model, table) {
    this.model = model;
    const other = table !== this.#table;
    this.#table = table;
    this.#search.hidden = this.#label.hidden = table.classes.length <= digits.length;
    this.#search.value = '';
    if (other) this.#assign();
    if (other || this.isLarge) this.#draw();
    if (this.isLarge) this.#search.focus();
  }

  clear() {
    this.#table = undefined;
    this.#list.replaceChildren();
    this.#search.hidden = this.#label.hidden = true;
  }

  #leaveSearch() {
    this.#search.value = '';
    this.#draw();
    this.#search.blur();
  }

  focusSearch() {
    if (!this.#search.hidden) this.#search.focus();
  }

  /** @returns the class of a key, or undefined. */
  of(key) {
    return this.#table && this.#keys.get(key.toLowerCase());
  }

  used(number) {
    const used = this.#recent.get(this.model) ?? [];
    this.#recent.set(this.model, [number, ...used.filter((n) => n !== number)].slice(0, recentLimit));
  }

  #assign() {
    this.#keys.clear();
    if (this.isLarge) return;
    // Classes without names are numbers: the key is the number itself.
    const keys = this.#table.named || this.#table.classes.length > digits.length ? digits + letters : '0123456789';
    this.#table.classes.forEach((_, number) => this.#keys.set(keys[number], number));
  }

  /** By name, then by what begins so, then by what contains it; of each the recently used first, then by number. */
  #found() {
    const text = fold(this.#search.value.trim());
    const recent = this.#recent.get(this.model) ?? [];
    const rank = (number) => {
      const { name, aliases } = this.#table.classes[number];
      const names = [name, ...aliases].map(fold);
      if (!text || names.includes(text) || text === `${number}`) return 0;
      if (names.some((n) => n.startsWith(text))) return 1;
      return names.some((n) => n.includes(text)) ? 2 : -1;
    };
    const place = (number) => (recent.includes(number) ? recent.indexOf(number) : recentLimit);
    return this.#table.classes.map((_, number) => ({ number, rank: rank(number) })).filter((c) => c.rank >= 0)
      .sort((a, b) => a.rank - b.rank || (text || this.isLarge ? place(a.number) - place(b.number) : 0) || a.number - b.number)
      .map((c) => c.number);
  }

  #draw() {
    // Classes of one group stand together; their keys go by the class number.
    const grouped = !this.isLarge && !this.#search.value;
    const groups = [...new Set(this.#table.classes.map((c) => c.group))];
    const place = (number) => groups.indexOf(this.#table.classes[number].group);
    const found = grouped ? this.#found().sort((a, b) => place(a) - place(b) || a - b) : this.#found();
    this.#shown = found.slice(0, this.isLarge ? shownLimit : found.length);
    this.#none.hidden = found.length > 0;
    const keyOf = new Map([...this.#keys].map(([key, number]) => [number, key]));
    const drawn = [];
    let group = '';
    for (const number of this.#shown) {
      const entry = this.#table.classes[number];
      if (grouped && entry.group !== group) {
        group = entry.group;
        drawn.push(element('li', { class: 'group' }, group || 'Others'));
      }
      const key = keyOf.get(number);
      const swatch = entry.colour ? element('span', { class: 'swatch', 'aria-hidden': 'true' }) : null;
      if (swatch) swatch.style.backgroundColor = entry.colour;
      drawn.push(element('li', {}, element('button', {
        type: 'button', 'data-class': number, 'aria-keyshortcuts': key, onclick: () => this.#pick(number),
      }, key ? element('kbd', { 'aria-hidden': 'true' }, key) : null, swatch, entry.name)));
    }
    if (this.#shown.length < found.length) drawn.push(element('li', { class: 'group' }, `and ${found.length - this.#shown.length} more: type to find them`));
    this.#list.replaceChildren(...drawn);
  }
}
