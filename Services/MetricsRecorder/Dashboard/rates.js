// What passes a second, from counters that were looked at twice.

/** The weight of the latest look. */
const WEIGHT = 0.5;

/** Remembers counters by name; gives their growth a second, once it knows. */
export class Rates {
  #known = new Map();

  /** `at` in milliseconds by the service's clock, `life` changes when the process does. */
  see(key, value, at, life) {
    const last = this.#known.get(key);
    if (!last || last.life !== life || value < last.value) {
      this.#known.set(key, { value, at, life });
      return;
    }
    if (at <= last.at) return;
    const now = (1000 * (value - last.value)) / (at - last.at);
    const rate = last.rate === undefined ? now : last.rate + WEIGHT * (now - last.rate);
    this.#known.set(key, { value, at, life, rate: rate < 0.005 ? 0 : rate });
  }

  /** `undefined` before the second look. */
  of(key) {
    return this.#known.get(key)?.rate;
  }
}
