import { KeyPoolError } from '../errors.js';
import type { KeyPool } from '../key-pool.js';
import { classifyValue } from '../outcome/classify.js';
import { ok, type Attempt, type Outcome } from '../outcome/outcome.js';
import type { SettleCall } from '../run.js';
import { settleBy, watchAnswer } from './answer-watch.js';
import { Destination, modelIn, withoutCredential } from './destination.js';
import { examine } from './early-failure.js';
import { holdBody, type BodyEnd } from './held-body.js';
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
    const send = options.fetch ?? fetch;
    const request = await pooledRequest(input, init);
    // `data:` and the like go to no provider: SDKs try out with them what a fetch can do.
    if (!request.url.protocol.startsWith('http')) return send(request.url, request.init);
    if (destination === undefined || pool.baseUrls !== baseUrls) {
      baseUrls = pool.baseUrls;
      destination = new Destination(baseUrls, origins);
    }
    const home = destination;
    const url = withoutCredential(request.url, pool.provider.credentialParameters);
    home.check(url);
    const model = pool.limitedModels.size > 0 ? (modelOf(request.init.body) ?? modelIn(url)) : undefined;
    let latest: Response | undefined;
    let failed: Outcome | undefined;
    try {
      return await pool.run<Response>(
        async (lease) => {
          // What is left of an answer that was refused is not wanted any more.
          latest?.body?.cancel().catch(() => undefined);
          failed = undefined;
          const to = home.at(url, lease.baseUrl);
          latest = await send(to, requestInit(request, lease, pool.provider));
          if (!request.replayable) return latest;
          const { response, failure } = await examine(latest, pool.provider);
          const { headers } = (latest = response);
          if (failure !== undefined)
            failed = classifyValue(pool.provider, { ...failure, headers }, lease.startedAt);
          return response;
        },
        {
          classify: () => failed,
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
  const { headers } = response;
  const watch = watchAnswer(headers.get('content-type') ?? '', pool.provider, pool.countsTokens);
  const ended = ({ isWhole, error }: BodyEnd) => {
    if (error !== undefined) settle(error);
    // What was called off told no failure, and not all of its usage.
    else if (isWhole) settleBy(watch, headers, settle);
    else settle(ok);
  };
  return holdBody(response, ended, watch && ((chunk) => watch.see(chunk)));
}
