import { LocalFlinkError } from './local-flink-error.js';

export interface RestOptions {
  method?: 'GET' | 'POST';
  body?: unknown;
  /** Default 5 s. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Asks Flink's REST endpoint.
 *
 * @throws LocalFlinkError `rest_failed` when there is no answer, or none in the 200s; the signal's reason when aborted.
 */
export const flinkRest = async <Answer>(
  restUrl: string,
  path: string,
  { method = 'GET', body, timeoutMs = 5_000, signal }: RestOptions = {},
): Promise<Answer> => {
  signal?.throwIfAborted();
  // Not `AbortSignal.any`: on Node 20 it lets go of a timeout that nobody else holds, and a long-lived signal keeps a
  // trace of each one that was ever combined with it.
  const asking = new AbortController();
  const end = () =>
    asking.abort(signal?.aborted ? signal.reason : new Error(`no answer after ${timeoutMs} ms`));
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const answer = await fetch(new URL(path, restUrl), {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
      signal: asking.signal,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`status ${answer.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as Answer;
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LocalFlinkError('rest_failed', `${method} ${path} at ${restUrl} failed: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
};
