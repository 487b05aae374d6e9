import { setTimeout as wait } from 'node:timers/promises';
import { isDataRefused } from './database.js';

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface BatchOptions {
  /** Items of one write. Default 200. */
  readonly maxItems?: number;
  /** Rest after a write, in milliseconds, before the next: fewer transactions under a steady flow. Default 0. */
  readonly restMs?: number;
}

/**
 * Group commit: what arrives while a write is under way, or rests, goes into the next one together, so a flood costs
 * few transactions, and an item after a quiet time never waits for company. Items keep their order.
 */
export class BatchWriter<Item, Result> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #maxItems: number;
  readonly #restMs: number;
  #waiting: Waiting<Item, Result>[] = [];
  #writing = false;

  /** `write` answers with one result per item, in order, once they are durable. */
  constructor(
    write: (items: readonly Item[]) => Promise<readonly Result[]>,
    { maxItems = 200, restMs = 0 }: BatchOptions = {},
  ) {
    this.#write = write;
    this.#maxItems = maxItems;
    this.#restMs = restMs;
  }

  /** Resolves when the item is durable; rejects with the write's error, and an item that the data rules refuse fails alone. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#maxItems);
      this.#waiting = this.#waiting.slice(this.#maxItems);
      await this.#settle(batch);
      if (this.#restMs > 0) await wait(this.#restMs);
    }
    this.#writing = false;
  }

  async #settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error('write answered with another number of results');
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length > 1 && isDataRefused(error)) {
        for (const one of batch) await this.#settle([one]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}
