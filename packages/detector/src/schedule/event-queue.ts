import { untilAborted } from '../until-aborted.js';

/**
 * A bounded queue between producers and one consumer: `put` waits while it is full, `take` while it is empty.
 */
export class EventQueue<T> {
  readonly #items: T[] = [];
  readonly #capacity: number;
  #ended = false;
  #failure: unknown;
  #changed: () => void = () => {};
  #change: Promise<void>;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#change = this.#nextChange();
  }

  /** Waits for a place; after the end the item is let go. */
  async put(item: T, signal: AbortSignal): Promise<void> {
    while (this.#items.length >= this.#capacity && !this.#ended) await untilAborted(this.#change, signal);
    signal.throwIfAborted();
    if (this.#ended) return;
    this.#items.push(item);
    this.#tell();
  }

  /** The next item; `undefined` after the end; throws the failure that ended it. */
  async take(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#ended) await this.#change;
    const item = this.#items.shift();
    this.#tell();
    if (item === undefined && this.#failure !== undefined) throw this.#failure;
    return item;
  }

  /** No more items; those inside are still handed out. */
  end(failure?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#tell();
  }

  /** Ends and forgets what is inside. */
  clear(): void {
    this.#items.length = 0;
    this.end();
  }

  #tell(): void {
    const changed = this.#changed;
    this.#change = this.#nextChange();
    changed();
  }

  #nextChange(): Promise<void> {
    return new Promise((done) => (this.#changed = done));
  }
}
