import { callWith, withRetries, type CreateCaller } from './caller.js';

/** The keys in turn, and p-retry. */
export const roundRobin: CreateCaller = (row, origin) => {
  let turn = 0;
  return (signal) =>
    withRetries(() => {
      const { secret } = row.keys[turn % row.keys.length]!;
      turn += 1;
      return callWith(secret, origin, signal);
    }, signal);
};
