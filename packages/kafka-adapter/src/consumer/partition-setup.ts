import type { AdminClient } from '../client/admin-client.js';
import { delay } from '../delay.js';
import type { ConsumerEvent } from './consumer-event.js';
import type { StartFrom } from './consumer-options.js';
import type { OwnedPartition } from './owned-partition.js';
import { findStartPositions } from './start-positions.js';

export interface PartitionSetupOptions {
  topic: string;
  consumerGroup: string;
  startFrom: StartFrom;
  prepare: ((partitions: number[], context: { signal: AbortSignal }) => Promise<void>) | undefined;
  onEvent: (event: ConsumerEvent) => void;
  admin: AdminClient;
  seek: (partition: number, offset: number) => void;
  /** Aborted when the consumer closes. */
  signal: AbortSignal;
}

const retryMs = 1_000;

/** What has to happen between the assignment of partitions and the first work on them. */
export class PartitionSetup {
  readonly #options: PartitionSetupOptions;
  #fault: string | undefined;

  constructor(options: PartitionSetupOptions) {
    this.#options = options;
  }

  /** Why the last step failed; `undefined` once one has succeeded. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Finds where they go on, then lets the user prepare. Faults are waited out. Never rejects. */
  async run(fresh: readonly OwnedPartition[]): Promise<void> {
    const { prepare, seek, signal } = this.#options;
    const positions = await this.#untilDone(fresh, (partitions) =>
      findStartPositions(partitions, this.#options, signal),
    );
    for (const owner of fresh) {
      const position = positions?.get(owner.partition);
      if (position === undefined || owner.isLost) continue;
      if (position.seek !== undefined) seek(owner.partition, position.seek);
      owner.position(position.tracker);
    }
    if (prepare !== undefined) await this.#untilDone(fresh, (partitions) => prepare(partitions, { signal }));
  }

  /** Repeats a step for those partitions that are still owned, until it succeeds or none is left. */
  async #untilDone<T>(
    fresh: readonly OwnedPartition[],
    step: (partitions: number[]) => Promise<T>,
  ): Promise<T | undefined> {
    const { signal, onEvent } = this.#options;
    for (;;) {
      const partitions = fresh.filter(({ isLost }) => !isLost).map(({ partition }) => partition);
      if (partitions.length === 0 || signal.aborted) return undefined;
      try {
        const result = await step(partitions);
        this.#fault = undefined;
        return result;
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#fault = error instanceof Error ? error.message : String(error);
        onEvent({ type: 'setup-failed', partitions, error });
        await delay(retryMs, signal).catch(() => undefined);
      }
    }
  }
}
