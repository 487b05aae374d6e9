export interface ConsumerStats {
  /** Partitions that this member owns. */
  partitions: number[];
  inFlight: number;
  /** Fetched and not begun. */
  waiting: number;
  bufferedBytes: number;
  /** Age of the oldest message in work; 0 when there is none. */
  oldestInFlightMs: number;
  /** Largest distance, over the partitions, between the commit and what has been fetched. */
  largestGap: number;
}

export interface ConsumerHealth {
  ok: boolean;
  /** Why not. */
  reasons: string[];
}
