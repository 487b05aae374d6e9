import type { OutgoingRecord } from '../client/producer-client.js';

/** A record that waits or is on its way. */
export interface QueueEntry {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  /** `gone`: its caller no longer waits; it is passed over. */
  state: 'waiting' | 'sending' | 'gone';
  /** How often a batch with it has failed for a reason that left open what happened. */
  failures: number;
  /** Goes out in a batch of its own, after a batch with it was refused. */
  alone: boolean;
}

export interface FrontQueueLimits {
  maxRecords: number;
  maxBytes: number;
  maxBatchRecords: number;
  /** Largest batch for a topic; a batch may hold records of several. */
  maxTopicBytes(topic: string): number;
}

/**
 * The line in front of the one send that may be in flight. Pure: it knows order and bounds, nothing of sending.
 * What is being sent counts against the bounds until it is released.
 */
export class FrontQueue<Entry extends QueueEntry> {
  readonly #limits: FrontQueueLimits;
  #entries: Entry[] = [];
  #head = 0;
  #records = 0;
  #bytes = 0;

  constructor(limits: FrontQueueLimits) {
    this.#limits = limits;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether one more of that size is within the bounds. An empty line takes any single record. */
  hasRoomFor(bytes: number): boolean {
    if (this.#records === 0) return true;
    return this.#records < this.#limits.maxRecords && this.#bytes + bytes <= this.#limits.maxBytes;
  }

  add(entry: Entry): void {
    this.#records += 1;
    this.#bytes += entry.bytes;
    this.#entries.push(entry);
  }

  /** Takes its weight off the bounds, once, when its fate is known or its caller has given up while it waited. */
  release(entry: Entry): void {
    this.#records -= 1;
    this.#bytes -= entry.bytes;
  }

  /** The next batch, in order: as many as fit. Empty when nothing waits. */
  takeBatch(): Entry[] {
    const batch: Entry[] = [];
    const bytesByTopic = new Map<string, number>();
    while (this.#head < this.#entries.length && batch.length < this.#limits.maxBatchRecords) {
      const entry = this.#entries[this.#head]!;
      if (entry.state === 'gone') {
        this.#head += 1;
        continue;
      }
      const { topic } = entry.record;
      const bytes = (bytesByTopic.get(topic) ?? 0) + entry.bytes;
      const fits = bytes <= this.#limits.maxTopicBytes(topic) && !entry.alone;
      if (batch.length > 0 && !fits) break;
      bytesByTopic.set(topic, bytes);
      entry.state = 'sending';
      batch.push(entry);
      this.#head += 1;
      if (entry.alone) break;
    }
    this.#compact();
    return batch;
  }

  /** Puts a batch back to where it came from: before everything that waits, in its own order. */
  putBack(batch: readonly Entry[]): void {
    for (const entry of batch) entry.state = 'waiting';
    this.#entries = [...batch, ...this.#entries.slice(this.#head)];
    this.#head = 0;
  }

  /** Empties the line and returns what waited. */
  drain(): Entry[] {
    const rest = this.#entries.slice(this.#head).filter(({ state }) => state === 'waiting');
    this.#entries = [];
    this.#head = 0;
    return rest;
  }

  #compact(): void {
    if (this.#head < 1024 && this.#head < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
