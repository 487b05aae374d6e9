/**
 * A binary heap whose items know their place, so that any of them can be moved or taken out in O(log n).
 * `place` is called with an item's new index, and with -1 when it leaves.
 */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;
  readonly #place: (item: T, index: number) => void;

  constructor(before: (a: T, b: T) => boolean, place: (item: T, index: number) => void) {
    this.#before = before;
    this.#place = place;
  }

  get size(): number {
    return this.#items.length;
  }

  get top(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#up(this.#items.length - 1, item);
  }

  /** The item at `index` has changed its order. */
  moved(index: number): void {
    const item = this.#items[index]!;
    this.#up(index, item);
    if (this.#items[index] === item) this.#down(index, item);
  }

  removeAt(index: number): void {
    const items = this.#items;
    const removed = items[index]!;
    const last = items.pop()!;
    if (index < items.length) {
      items[index] = last;
      this.moved(index);
    }
    this.#place(removed, -1);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.values();
  }

  #up(start: number, item: T): void {
    const items = this.#items;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent]!;
      if (!this.#before(item, above)) break;
      items[index] = above;
      this.#place(above, index);
      index = parent;
    }
    items[index] = item;
    this.#place(item, index);
  }

  #down(start: number, item: T): void {
    const items = this.#items;
    const size = items.length;
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(items[child + 1]!, items[child]!)) child += 1;
      const below = items[child]!;
      if (!this.#before(below, item)) break;
      items[index] = below;
      this.#place(below, index);
      index = child;
    }
    items[index] = item;
    this.#place(item, index);
  }
}
