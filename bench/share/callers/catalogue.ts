import { bottleneck } from './bottleneck.js';
import type { CreateCaller } from './caller.js';
import { keypool } from './keypool.js';
import { openaiSdk } from './openai-sdk.js';
import { pQueueStrict } from './p-queue.js';
import { rateLimiterFlexible } from './rate-limiter-flexible.js';
import { roundRobin } from './round-robin.js';

/** Everyone who is measured, by the name in the table. */
export const callers: ReadonlyMap<string, CreateCaller> = new Map([
  ['keypool', keypool],
  ['p-queue', pQueueStrict],
  ['rate-limiter-flexible', rateLimiterFlexible],
  ['bottleneck', bottleneck],
  ['round-robin', roundRobin],
  ['openai-sdk', openaiSdk],
]);
