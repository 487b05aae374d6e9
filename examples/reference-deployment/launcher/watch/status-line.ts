/** What the status line tells; absent where it is not known at this moment. */
export interface Status {
  readonly cameras: { readonly live: number; readonly total: number };
  readonly detectionsPerSecond: number;
  readonly assessmentsPerSecond: number;
  readonly p95Ms?: number | undefined;
  /** Tasks that wait for a key. */
  readonly waiting?: number | undefined;
  /** Records before the slowest consumer group, over all topics. */
  readonly lag?: number | undefined;
  readonly unhealthy: readonly { readonly id: string; readonly reason: string }[];
}

/** One line for people who glance at it. */
export function statusLine(status: Status): string {
  const { live, total } = status.cameras;
  const parts = [
    `${live === total ? total : `${live}/${total}`} cameras`,
    `${status.detectionsPerSecond.toFixed(1)} detections/s`,
    `${status.assessmentsPerSecond.toFixed(1)} assessments/s`,
    `p95 ${status.p95Ms === undefined ? '–' : `${(status.p95Ms / 1000).toFixed(2)} s`}`,
    `waiting ${status.waiting ?? '–'}`,
    `lag ${status.lag ?? '–'}`,
  ];
  const trouble = status.unhealthy.map(({ id, reason }) => `✖ ${id}: ${reason}`);
  return [...trouble, ...parts].join(' · ');
}
