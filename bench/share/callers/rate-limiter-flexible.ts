import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import { callWith, leastOf, withRetries, type CreateCaller } from './caller.js';

/** A limiter and its queue for each key; a call joins the shortest. */
export const rateLimiterFlexible: CreateCaller = (row, origin) => {
  const lines = row.keys.map(({ id, secret }) => {
    const { starts, windowMs } = row.told[id]!;
    // Its windows are whole seconds or fractions of them alike.
    const limiter = new RateLimiterMemory({ points: starts, duration: windowMs / 1000 });
    return { secret, queue: new RateLimiterQueue(limiter, { maxQueueSize: 10_000 }), load: 0 };
  });
  return (signal) =>
    withRetries(async () => {
      const line = leastOf(lines, ({ load }) => load);
      line.load += 1;
      try {
        await line.queue.removeTokens(1);
        return await callWith(line.secret, origin, signal);
      } finally {
        line.load -= 1;
      }
    }, signal);
};
