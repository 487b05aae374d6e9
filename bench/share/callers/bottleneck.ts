import Bottleneck from 'bottleneck';
import { callWith, leastOf, withRetries, type CreateCaller } from './caller.js';

/** Its reservoir is looked after every 250 ms; what is told for less than that becomes an even pace. */
const heartbeatMs = 250;

/** A limiter for each key; a call joins the one with the fewest jobs. */
export const bottleneck: CreateCaller = (row, origin) => {
  const lines = row.keys.map(({ id, secret }) => {
    const { starts, windowMs } = row.told[id]!;
    const limiter = new Bottleneck(
      windowMs % heartbeatMs > 0
        ? { minTime: windowMs / starts }
        : { reservoir: starts, reservoirRefreshInterval: windowMs, reservoirRefreshAmount: starts },
    );
    return { limiter, secret, load: 0 };
  });
  return (signal) =>
    withRetries(async () => {
      const line = leastOf(lines, ({ load }) => load);
      line.load += 1;
      try {
        return await line.limiter.schedule(() => callWith(line.secret, origin, signal));
      } finally {
        line.load -= 1;
      }
    }, signal);
};
