import Bottleneck from 'bottleneck';
import { Agent, errors, request } from 'undici';
import type { Alert } from '../alert.js';
import { retryAfterMs } from '../backoff.js';
import { DeliveryError, type Channel } from './channel.js';
import { timeoutSignal } from '../../../role-process/timeout-signal.js';

/** Covers the whole call, from connecting to the end of the answer. */
const DEADLINE_MS = 10_000;
const CONCURRENT = 4;

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly token?: string | undefined;
  readonly perSecond: number;
  /** Told to the receiver with each alert. */
  readonly site: string;
  readonly now: () => number;
  readonly deadlineMs?: number;
}

/**
 * Alerts as `POST` with the JSON of {@link Alert} plus `site`, `Idempotency-Key: <taskId>`, and the token as a bearer.
 * Any 2xx acknowledges; redirects are not followed, so that the token goes nowhere else.
 */
export function createWebhookChannel(options: WebhookOptions): Channel {
  const { name, url, token, perSecond, site, now, deadlineMs = DEADLINE_MS } = options;
  // What is taken at a time leaves within about two seconds, so nothing waits here past its claim.
  const batch = Math.max(1, Math.min(16, Math.ceil(perSecond * 2)));
  const limiter = new Bottleneck({
    minTime: 1_000 / perSecond,
    maxConcurrent: CONCURRENT,
    highWater: 2 * batch,
    strategy: Bottleneck.strategy.OVERFLOW,
  });
  const agent = new Agent({ connections: CONCURRENT, connect: { timeout: deadlineMs } });

  const post = async (alert: Alert, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      signal: AbortSignal.any([signal, timeoutSignal(deadlineMs)]),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': alert.taskId,
        'user-agent': 'riskwatch-alerts',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ site, ...alert }),
    });
    await answer.body.dump({ limit: 65_536 });
    if (answer.statusCode >= 200 && answer.statusCode < 300) return;
    const told = answer.headers['retry-after'];
    throw new DeliveryError(`answered ${answer.statusCode}`, {
      retryAfterMs: retryAfterMs(Array.isArray(told) ? told[0] : told, now()),
    });
  };

  return {
    name,
    batch,
    async deliver(alert, { signal }) {
      try {
        await limiter.schedule(() => post(alert, signal));
      } catch (error) {
        if (error instanceof DeliveryError) throw error;
        throw new DeliveryError(describe(error, deadlineMs), { cause: error });
      }
    },
    async close() {
      await limiter.stop({ dropWaitingJobs: true });
      await agent.destroy();
    },
  };
}

function describe(error: unknown, deadlineMs: number): string {
  if ((error as Error | undefined)?.name === 'TimeoutError') return `no answer within ${deadlineMs} ms`;
  if (error instanceof errors.UndiciError) return `the connection failed (${error.code})`;
  if (error instanceof Bottleneck.BottleneckError) return 'too many calls wait for this webhook';
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return `the call failed (${code ?? (error instanceof Error ? error.name : 'unknown')})`;
}
