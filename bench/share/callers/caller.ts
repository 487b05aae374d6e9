import pRetry, { AbortError } from 'p-retry';
import type { Row } from '../rows.js';

/** Makes one call with whatever key it sees fit and returns the answer's body. */
export type Caller = (signal: AbortSignal) => Promise<{ id: string }>;

/** Makes a caller that is told what the row says. */
export type CreateCaller = (row: Row, origin: string) => Caller;

/** An answer that is no success. */
export class AnswerError extends Error {
  readonly status: number;
  readonly retryAfterMs: number;

  constructor(answer: Response) {
    super(`status ${answer.status}`);
    this.status = answer.status;
    this.retryAfterMs = Number(answer.headers.get('retry-after-ms') ?? 0);
  }
}

export const requestBody = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] });

/** One call with one key, as its owner writes it without a library. */
export async function callWith(key: string, origin: string, signal: AbortSignal): Promise<{ id: string }> {
  const answer = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: requestBody,
    signal,
  });
  const body = (await answer.json()) as { id: string };
  if (!answer.ok) throw new AnswerError(answer);
  return body;
}

/** p-retry with its own default of ten retries, each after as long as the answer asks for. */
export function withRetries<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return pRetry(
    async () => {
      try {
        return await call();
      } catch (error) {
        if (signal.aborted) throw new AbortError(error as Error);
        throw error;
      }
    },
    {
      signal,
      retries: 10,
      minTimeout: 0,
      onFailedAttempt: async ({ error }) => {
        const waitMs = error instanceof AnswerError ? error.retryAfterMs : 0;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      },
    },
  );
}

/** The item whose load is least; the first of equals. */
export function leastOf<T>(items: readonly T[], load: (item: T) => number): T {
  return items.reduce((best, item) => (load(item) < load(best) ? item : best));
}
