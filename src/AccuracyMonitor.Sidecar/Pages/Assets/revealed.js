// The requests of which this tab has shown the model's answer: hiding it again makes no later answer blind.

const name = 'accuracy-monitor-revealed';
const limit = 2000;

export class Revealed {
  #keys;

  constructor() {
    try {
      this.#keys = new Set(JSON.parse(sessionStorage.getItem(name)) ?? []);
    } catch {
      this.#keys = new Set();
    }
  }

  has(item) {
    return this.#keys.has(keyOf(item));
  }

  add(item) {
    this.#keys.add(keyOf(item));
    try {
      sessionStorage.setItem(name, JSON.stringify([...this.#keys].slice(-limit)));
    } catch {
      // Storage is full: it is known until the page is loaded again.
    }
  }
}

const keyOf = ({ model, version, predictionId }) => JSON.stringify([model, version, predictionId]);
