import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceStartError } from '../processes/service.js';

const POLL_MS = 150;

/**
 * Waits until nothing keeps a service from working.
 * @throws {ServiceStartError} with the last reasons where that takes longer than `timeoutMs`.
 */
export async function waitUntilReady(
  name: string,
  reasons: (signal: AbortSignal) => Promise<string[]>,
  { signal, timeoutMs, onReasons }: { signal: AbortSignal; timeoutMs: number; onReasons(text: string): void },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let shown = '';
  for (;;) {
    const left = await reasons(signal);
    signal.throwIfAborted();
    if (left.length === 0) return;
    const text = left.join('; ');
    if (performance.now() > deadline) {
      throw new ServiceStartError(`${name} is not ready after ${timeoutMs / 1000} s: ${text}`);
    }
    if (text !== shown) onReasons((shown = text));
    await sleep(POLL_MS, undefined, { signal });
  }
}
