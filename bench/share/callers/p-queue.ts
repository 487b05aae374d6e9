import PQueue from 'p-queue';
import { callWith, leastOf, withRetries, type CreateCaller } from './caller.js';

/** A strict queue for each key; a call joins the shortest. */
export const pQueueStrict: CreateCaller = (row, origin) => {
  const queues = row.keys.map(({ id, secret }) => {
    const { starts, windowMs } = row.told[id]!;
    return { secret, queue: new PQueue({ intervalCap: starts, interval: windowMs, strict: true }) };
  });
  return (signal) =>
    withRetries(async () => {
      const { queue, secret } = leastOf(queues, ({ queue: { size, pending } }) => size + pending);
      return await queue.add(() => callWith(secret, origin, signal), { signal });
    }, signal);
};
