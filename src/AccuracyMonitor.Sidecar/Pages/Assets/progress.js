// What labelling has brought: labels today, the queue, and the interval that gets narrower.

import { get } from './api.js';
import { interval } from './plot.js';
import { span } from './words.js';

const id = (name) => document.getElementById(name);
const points = (value) => (100 * value).toFixed(1);

export class Progress {
  #annotator;
  #begins = new Map();
  #timer;

  constructor(annotator) {
    this.#annotator = annotator;
  }

  /** Soon: several answers in a row ask once. */
  refresh(item) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(item).catch(() => {}), 400);
  }

  async #read({ model, version }) {
    const now = new Date();
    const read = await get('progress', { model, version, annotator: this.#annotator, minutes: 60 * now.getHours() + now.getMinutes() + 1 });
    id('today').textContent = read.today;
    id('waiting').textContent = read.waiting;
    if (read.labels === undefined) return;
    id('agreement').textContent = read.agreement === undefined ? ''
      : `Second opinions agree with ${points(read.agreement)} % of ${read.doubles} labels.`;
    if (read.value === undefined) {
      id('interval-text').textContent = `${read.labels} labels in the ${span(read.windowSeconds)}: not enough yet for accuracy from labels.`;
      id('interval').replaceChildren();
      return;
    }
    const key = `${model}\n${version}`;
    if (!this.#begins.has(key)) this.#begins.set(key, read);
    const then = this.#begins.get(key);
    id('interval-text').textContent = `Accuracy of ${model} ${version}: ${points(read.value)} %, ± ${points((read.upper - read.lower) / 2)} points. `
      + `When you began: ± ${points((then.upper - then.lower) / 2)}.`;
    id('interval').replaceChildren(interval(then, read));
  }
}
