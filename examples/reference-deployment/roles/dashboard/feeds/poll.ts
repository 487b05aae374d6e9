import { setTimeout as sleep } from 'node:timers/promises';
import { timeoutSignal } from '../../../role-process/timeout-signal.js';

export interface PollOptions<Value> {
  readonly everyMs: number;
  /** An answer that takes longer counts as none. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly read: (signal: AbortSignal) => Promise<Value>;
  readonly onValue: (value: Value) => void;
  readonly onError: (error: unknown) => void;
}

/** Reads now and then again after each pause, until the signal; never two reads at once. */
export async function poll<Value>(options: PollOptions<Value>): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    try {
      const value = await options.read(AbortSignal.any([signal, timeoutSignal(options.timeoutMs)]));
      if (!signal.aborted) options.onValue(value);
    } catch (error) {
      if (!signal.aborted) options.onError(error);
    }
    await sleep(options.everyMs, undefined, { signal }).catch(() => undefined);
  }
}
