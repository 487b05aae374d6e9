import type { AdminClient } from '../client/admin-client.js';
import type { ConsumerEvent } from './consumer-event.js';
import type { StartFrom } from './consumer-options.js';
import { OffsetTracker } from './offset-tracker.js';

export interface StartPositionOptions {
  admin: AdminClient;
  topic: string;
  consumerGroup: string;
  startFrom: StartFrom;
  onEvent: (event: ConsumerEvent) => void;
}

export interface StartPosition {
  tracker: OffsetTracker;
  /** Where to read from, when that is not what the client would do by itself. */
  seek: number | undefined;
}

/** Finds where newly assigned partitions go on: what was committed, with what was done beyond it, or the start. */
export const findStartPositions = async (
  partitions: readonly number[],
  { admin, topic, consumerGroup, startFrom, onEvent }: StartPositionOptions,
  signal: AbortSignal,
): Promise<Map<number, StartPosition>> => {
  const [committed, offsets] = await Promise.all([
    admin.committedOffsets(consumerGroup, topic, signal),
    admin.topicOffsets(topic, signal),
  ]);
  const committedOf = new Map(committed.map((entry) => [entry.partition, entry]));
  const offsetsOf = new Map(offsets.map((entry) => [entry.partition, entry]));
  const isFresh = partitions.some((partition) => committedOf.get(partition)?.offset === undefined);
  const byTime =
    isFresh && typeof startFrom === 'object'
      ? await admin.offsetsAt(topic, startFrom.timestampMs, signal)
      : undefined;

  const positions = new Map<number, StartPosition>();
  for (const partition of partitions) {
    const { low = 0, high = 0 } = offsetsOf.get(partition) ?? {};
    const { offset, metadata } = committedOf.get(partition) ?? {};
    if (offset !== undefined && offset >= low && offset <= high) {
      positions.set(partition, { tracker: new OffsetTracker(offset, metadata), seek: undefined });
      continue;
    }
    if (offset !== undefined && offset < low) {
      onEvent({ type: 'records-missed', partition, fromOffset: offset, toOffset: low });
    } else if (offset !== undefined) {
      onEvent({ type: 'partition-reset', partition, expectedOffset: offset, foundOffset: high });
    }
    const fresh = startFrom === 'latest' ? high : (byTime?.get(partition) ?? low);
    const start = offset === undefined ? fresh : low;
    const tracker = new OffsetTracker(start);
    // Committed at once: a restart before the first message must not begin somewhere else.
    tracker.touch();
    positions.set(partition, { tracker, seek: start });
  }
  return positions;
};
