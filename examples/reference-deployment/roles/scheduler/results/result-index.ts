import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';

export interface ResultIndexOptions {
  /** How long a task may come again: as long as its topic is kept. */
  readonly keepMs: number;
  /** A bound for memory; beyond it the oldest are forgotten, and a repeat of one costs a second call. */
  readonly maxEntries: number;
}

interface Entry {
  /** As published; parsed again only for the rare repeat. */
  readonly value: Buffer;
  readonly at: number;
}

/**
 * What was published, by task id, fed by the tail of the results topic and by our own publishing. The first result
 * of an id is the verdict; a later one changes nothing.
 */
export class ResultIndex {
  readonly #entries = new Map<string, Entry>();
  readonly #options: ResultIndexOptions;

  constructor(options: ResultIndexOptions) {
    this.#options = options;
  }

  /** Remembers a published result. False when one with that id is known already, which stays. */
  add(requestId: string, value: Buffer, at: number): boolean {
    this.#forget(at);
    if (this.#entries.has(requestId)) return false;
    this.#entries.set(requestId, { value, at });
    return true;
  }

  get(requestId: string): RiskAssessment | undefined {
    const entry = this.#entries.get(requestId);
    return entry && (JSON.parse(entry.value.toString('utf8')) as RiskAssessment);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Entries stand in the order of their publishing, so that the oldest come first. */
  #forget(now: number): void {
    for (const [id, entry] of this.#entries) {
      const tooMany = this.#entries.size >= this.#options.maxEntries;
      if (!tooMany && entry.at > now - this.#options.keepMs) return;
      this.#entries.delete(id);
    }
  }
}
