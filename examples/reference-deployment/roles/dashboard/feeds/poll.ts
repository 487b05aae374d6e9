import { setTimeout as sleep } from 'node:timers/promises';

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
      const value = await withDeadline(options);
      if (!signal.aborted) options.onValue(value);
    } catch (error) {
      if (!signal.aborted) options.onError(error);
    }
    await sleep(options.everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function withDeadline<Value>({ read, signal, timeoutMs }: PollOptions<Value>): Promise<Value> {
  // No AbortSignal.any: a long-lived signal keeps a trace of every signal that was ever combined with it.
  const attempt = new AbortController();
  const stop = () => attempt.abort(signal.reason);
  const timer = setTimeout(() => attempt.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await read(attempt.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
