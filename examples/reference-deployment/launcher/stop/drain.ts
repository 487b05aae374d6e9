import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 300;

export interface DrainView {
  /** Whether everything that is in the topics has been seen. */
  caughtUp(): Promise<boolean>;
  /** Detections without an end. */
  open(): number;
  /** Records before the slowest consumer group, by topic. */
  lag(): Promise<Record<string, number>>;
}

/**
 * Waits until nothing is under way any more: every detection has its end and every consumer group has read all.
 * @returns whether that came true before `timeoutMs` or the signal.
 */
export async function drain(
  view: DrainView,
  options: { timeoutMs: number; signal: AbortSignal; onProgress(text: string): void },
): Promise<boolean> {
  const deadline = performance.now() + options.timeoutMs;
  while (!options.signal.aborted && performance.now() < deadline) {
    const [caughtUp, lag] = await Promise.all([
      view.caughtUp().catch(() => false),
      view.lag().catch(() => undefined),
    ]);
    const open = view.open();
    const waiting = lag && Object.values(lag).reduce((sum, records) => sum + records, 0);
    if (caughtUp && open === 0 && waiting === 0) return true;
    options.onProgress(`Draining: ${open} detections under way, lag ${waiting ?? '–'}`);
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
  return false;
}
