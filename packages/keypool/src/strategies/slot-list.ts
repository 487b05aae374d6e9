import type { KeyView } from './strategy.js';

/** A list of keys in order of arrival; append and remove are O(1) through the keys' slots. */
export class SlotList {
  readonly #keys: (KeyView | undefined)[] = [];
  readonly #next: number[] = [];
  readonly #previous: number[] = [];
  #head = -1;
  #tail = -1;

  get first(): KeyView | undefined {
    return this.#head < 0 ? undefined : this.#keys[this.#head];
  }

  has(key: KeyView): boolean {
    return this.#keys[key.slot] === key;
  }

  append(key: KeyView): void {
    const { slot } = key;
    while (this.#keys.length <= slot) {
      this.#keys.push(undefined);
      this.#next.push(-1);
      this.#previous.push(-1);
    }
    this.#keys[slot] = key;
    this.#next[slot] = -1;
    this.#previous[slot] = this.#tail;
    if (this.#tail < 0) this.#head = slot;
    else this.#next[this.#tail] = slot;
    this.#tail = slot;
  }

  remove(key: KeyView): void {
    if (!this.has(key)) return;
    const { slot } = key;
    const next = this.#next[slot]!;
    const previous = this.#previous[slot]!;
    if (previous < 0) this.#head = next;
    else this.#next[previous] = next;
    if (next < 0) this.#tail = previous;
    else this.#previous[next] = previous;
    this.#keys[slot] = undefined;
  }
}
