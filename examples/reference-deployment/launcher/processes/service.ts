/** One process that the launcher keeps running. */
export interface Service {
  readonly id: ServiceId;
  /**
   * Starts it; resolves once it can be talked to. Rejects where it does not come up, having ended what it began.
   * `onProgress` hears what a long start is doing.
   */
  start(signal: AbortSignal, onProgress: (text: string) => void): Promise<RunningService>;
  /** What keeps it from working, in words; empty when it is ready. */
  reasons(signal: AbortSignal): Promise<string[]>;
}

export const serviceIds = [
  'kafka',
  'provider',
  'scheduler',
  'flink',
  'storage',
  'alerts',
  'dashboard',
  'camera',
] as const;
export type ServiceId = (typeof serviceIds)[number];

export interface RunningService {
  readonly pid: number;
  /** Resolves when it has ended, with how: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly exited: Promise<string>;
  /** Asks it to end and waits; what does not end in time is killed. */
  stop(): Promise<void>;
  /** Ends it at once, and what it has started. */
  kill(): void;
}

/** A service did not come up; the message says what it said last and where its log is. */
export class ServiceStartError extends Error {
  readonly code = 'service_start_failed';
  override readonly name = 'ServiceStartError';
}
