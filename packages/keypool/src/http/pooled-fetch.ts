import { KeyPoolError } from '../errors.js';
import type { KeyPool } from '../key-pool.js';
import type { Usage } from '../limits/limit.js';
import { parseBody } from '../outcome/classify.js';
import { ok, type Attempt } from '../outcome/outcome.js';
import type { SettleCall } from '../run.js';
import { Destination } from './destination.js';
import { holdBody } from './held-body.js';
import { modelOf } from './json-body.js';
import { pooledRequest, requestInit } from './pooled-request.js';

export interface PooledFetchOptions {
  /** The fetch that makes the calls. Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /**
   * Further origins that may be given the keys, such as `https://host`. Default: those of the pool's base
   * URLs only; when the pool has none, the origin of the first call.
   */
  readonly origins?: readonly string[] | undefined;
  /** Called after each try of each call, when its headers have come or it has failed. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined;
}

/**
 * A `fetch` whose calls go out with the pool's keys: hand it to any SDK that takes one, with the SDK's own
 * retries switched off. The credential that the SDK sends is taken off and never leaves. A call holds its key
 * until the body of the answer has been read, cancelled or thrown away. It is made again, with another key,
 * only before the first byte of an answer was handed over, and only if its body can be sent again.
 *
 * Rejects as `fetch` does when the caller's signal fires; with a `KeyPoolError` when no answer could be had.
 */
export function createPooledFetch(pool: KeyPool, options: PooledFetchOptions = {}): typeof fetch {
  const { origins = [], onAttempt } = options;
  let destination: Destination | undefined;
  let baseUrls: readonly string[] | undefined;
  return async function pooledFetch(input, init) {
    const request = await pooledRequest(input, init);
    if (destination === undefined || pool.baseUrls !== baseUrls) {
      baseUrls = pool.baseUrls;
      destination = new Destination(baseUrls, origins);
    }
    const to = destination;
    to.check(request.url);
    const send = options.fetch ?? fetch;
    const model = pool.limitedModels.size > 0 ? modelOf(request.init.body) : undefined;
    try {
      return await pool.run<Response>(
        (lease) => send(to.at(request.url, lease.baseUrl), requestInit(request, lease, pool.provider)),
        {
          ...(model === undefined ? {} : { model }),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
          retry: request.replayable,
          onAttempt,
          hold: (response, settle) => hold(pool, response, settle),
        },
      );
    } catch (error) {
      // An SDK knows its own abort by the reason it gave, not by our error.
      if (KeyPoolError.is(error) && error.code === 'aborted' && request.signal?.aborted)
        throw request.signal.reason;
      throw error;
    }
  };
}

/** Settles the call when its answer has been read. */
function hold(pool: KeyPool, response: Response, settle: SettleCall): Response {
  return holdBody(response, pool.countsTokens, ({ text, error }) => {
    if (error === undefined) settle(ok, text === undefined ? undefined : usageIn(pool, response, text));
    else settle(error);
  });
}

/** The usage that a whole answer, or the last event of a streamed one that has it, tells. */
function usageIn(pool: KeyPool, response: Response, text: string): Usage | undefined {
  const { usage } = pool.provider;
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return usage(parseBody(text));
  const events = text.split('\n').filter((line) => line.startsWith('data:') && line.includes('"usage"'));
  for (const event of events.reverse()) {
    const found = usage(parseBody(event.slice('data:'.length)));
    if (found !== undefined) return found;
  }
  return undefined;
}
