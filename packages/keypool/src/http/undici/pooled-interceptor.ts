import type { Dispatcher } from 'undici';
import { invalidOption, KeyPoolError } from '../../errors.js';
import type { KeyPool } from '../../key-pool.js';
import type { Lease } from '../../lease.js';
import { classifyValue } from '../../outcome/classify.js';
import type { Attempt as AttemptReport, Outcome } from '../../outcome/outcome.js';
import { watchAnswer } from '../answer-watch.js';
import { Destination, modelIn, withoutCredential } from '../destination.js';
import { modelOf, withModel } from '../json-body.js';
import { Attempt, type AttemptAnswer } from './attempt.js';
import { Delivery } from './delivery.js';
import { withCredential } from './with-credential.js';

export interface PooledInterceptorOptions {
  /**
   * Further origins that may be given the keys, such as `https://host`. Default: those of the pool's base
   * URLs only; when the pool has none, the origin of the first call.
   */
  readonly origins?: readonly string[] | undefined;
  /** Called after each try of each call, when its headers have come or it has failed. */
  readonly onAttempt?: ((attempt: AttemptReport) => void) | undefined;
}

/**
 * An interceptor for undici 7 and newer whose calls go out with the pool's keys:
 *
 * ```ts
 * const dispatcher = new Agent().compose(createPooledInterceptor(pool));
 * await request('https://host/v1/chat/completions', { method: 'POST', body, headers, dispatcher });
 * ```
 *
 * Compose an `Agent`: a `Pool` or `Client` sends to its own origin, whatever the call says. Interceptors that
 * follow redirects belong after this one, so that it sees where they lead. A call that waits, is tried again,
 * paused or aborted is one call to its maker; it holds its key until the answer has been read or called off.
 * It is made again, with another key, only before anything of an answer was handed over, and only if its body
 * is text or bytes. `fetch` streams every body: give it `createPooledFetch` instead.
 *
 * Calls fail with the reason of their own abort, with a `KeyPoolError` when no answer could be had, and with
 * `invalid_options` when they go elsewhere than the keys may.
 */
export function createPooledInterceptor(
  pool: KeyPool,
  { origins = [], onAttempt }: PooledInterceptorOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  let destination: Destination | undefined;
  let baseUrls: readonly string[] | undefined;
  const home = () => {
    if (destination === undefined || pool.baseUrls !== baseUrls) {
      baseUrls = pool.baseUrls;
      destination = new Destination(baseUrls, origins);
    }
    return destination;
  };
  return (dispatch) => (options, handler) => {
    const given = new AbortController();
    const delivery = new Delivery(handler, (reason) => given.abort(reason));
    handler.onRequestStart?.(delivery, null);
    void send(pool, dispatch, options, { home, delivery, signal: given.signal, onAttempt });
    return true;
  };
}

interface Sending {
  home(): Destination;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
  readonly onAttempt: PooledInterceptorOptions['onAttempt'];
}

/** Makes the call; every way it can end is told to the delivery. */
async function send(
  pool: KeyPool,
  dispatch: Dispatcher.Dispatch,
  options: Dispatcher.DispatchOptions,
  { home, delivery, signal, onAttempt }: Sending,
): Promise<void> {
  const { provider } = pool;
  try {
    const url = withoutCredential(urlOf(options), provider.credentialParameters);
    const place = home();
    place.check(url);
    const { body } = options;
    const replayable =
      body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body);
    const model = pool.limitedModels.size > 0 ? (modelOf(body) ?? modelIn(url)) : undefined;
    let latest: Attempt | undefined;
    let failed: Outcome | undefined;
    let isHeld = false;
    const last = await pool.run<AttemptAnswer>(
      async (lease) => {
        latest?.discard();
        failed = undefined;
        latest = new Attempt(provider, lease.signal, replayable);
        dispatch(optionsWith(options, addressOf(place.at(url, lease.baseUrl), url), lease), latest);
        const answer = await latest.answer;
        const { failure, headers } = answer;
        if (failure !== undefined) failed = classifyValue(provider, { ...failure, headers }, lease.startedAt);
        return answer;
      },
      {
        ...(model === undefined ? {} : { model }),
        signal,
        retry: replayable,
        onAttempt,
        classify: () => failed,
        hold: (answer, settle) => {
          isHeld = true;
          const contentType = String(answer.headers['content-type'] ?? '');
          answer.attempt.handOver(delivery, watchAnswer(contentType, provider, pool.countsTokens), settle);
          return answer;
        },
      },
    );
    if (!isHeld) last.attempt.replay(delivery);
  } catch (error) {
    // Whoever aborted knows it by the reason given, not by our error.
    const own = KeyPoolError.is(error) && error.code === 'aborted' && signal.aborted;
    delivery.fail((own ? signal.reason : error) as Error);
  }
}

function urlOf({ origin, path, upgrade, method }: Dispatcher.DispatchOptions): URL {
  if (origin === undefined || origin === null)
    throw invalidOption('origin', 'must be given with the call; compose an Agent, not a Client', origin);
  if (upgrade || method === 'CONNECT')
    throw invalidOption('upgrade', 'must not be asked for: a connection cannot change its key', upgrade);
  return new URL(path, origin);
}

/** Parsing an address costs more than comparing it. */
function addressOf(href: string, url: URL): URL {
  return href === url.href ? url : new URL(href);
}

/** The call as it goes out with a lease: to its address, with its credential and its model. */
function optionsWith(options: Dispatcher.DispatchOptions, to: URL, lease: Lease): Dispatcher.DispatchOptions {
  const body = lease.model === undefined ? options.body : withModel(options.body, lease.model);
  return {
    ...options,
    origin: to.origin,
    path: to.pathname + to.search,
    headers: withCredential(options.headers, lease.headers, body !== options.body),
    body: body ?? null,
  };
}
