import type { CallOptions, ResolvedCall } from './call-options.js';
import { KeyPoolError } from './errors.js';
import type { KeyState } from './keys/key-state.js';
import { endedByUs, type Lease, type LeaseOwner } from './lease.js';
import type { Usage } from './limits/limit.js';
import { classifyError, classifyValue, readErrorBody } from './outcome/classify.js';
import type { Attempt, Outcome } from './outcome/outcome.js';
import { retryDelayMs } from './outcome/retry.js';
import type { Random } from './random.js';

/** Options of `pool.run`. */
export interface RunOptions<T> extends CallOptions {
  /**
   * What the result or the error of a try means, where the provider's profile cannot know. Return undefined
   * to leave it to the profile.
   */
  readonly classify?: ((result: { value: T } | { error: unknown }) => Outcome | undefined) | undefined;
  /** The tokens a successful try took, for limits on tokens. */
  readonly usage?: ((value: T) => Usage | undefined) | undefined;
  /** Called after each try, the failed ones too. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined;
  /** False: one try, whatever becomes of it. Default true. */
  readonly retry?: boolean | undefined;
  /**
   * Keeps the key beyond `action`, for answers that are read later: called with the result of a try that went
   * well and the function that ends the call; what it returns is what `run` returns.
   */
  readonly hold?: ((value: T, settle: SettleCall) => T) | undefined;
}

/** Ends a held call: with an `Outcome`, a `Response`, or the error that broke it. Only the first time counts. */
export type SettleCall = (result: unknown, usage?: Usage) => void;

/** What the retry loop needs of the pool. */
export interface RunContext extends LeaseOwner {
  readonly random: Random;
  take(call: ResolvedCall, avoid: KeyState | undefined): Promise<{ lease: Lease; key: KeyState }>;
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

/** How a try ended. */
type Ending<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Makes a call, again with other keys while that can help: the pool is walked as long as keys or groups are
 * to blame and the deadline allows; failures of the endpoint count towards `maxAttempts`.
 */
export async function runCall<T>(
  context: RunContext,
  action: (lease: Lease) => Promise<T> | T,
  call: ResolvedCall,
  options: RunOptions<T>,
): Promise<T> {
  const attempts: Attempt[] = [];
  let endpointFailures = 0;
  let avoid: KeyState | undefined;
  let last: Ending<T> | undefined;
  for (;;) {
    let taken;
    try {
      taken = await context.take(call, avoid);
    } catch (error) {
      return finish(last, withAttempts(error, attempts, last));
    }
    const { lease, key } = taken;
    avoid = key;
    last = await attemptOnce(action, lease);
    const outcome = await judge(context, call, last, options);
    const answer = 'value' in last && outcome.kind === 'ok' ? last : undefined;
    if (answer === undefined || options.hold === undefined)
      lease.settle(outcome, answer && options.usage?.(answer.value));
    const attempt = attemptOf(lease, outcome, context.clock.now());
    attempts.push(attempt);
    options.onAttempt?.(attempt);
    if (answer !== undefined && options.hold !== undefined) {
      return options.hold(answer.value, (ending, usage) => lease.settle(ending, usage));
    }
    if (options.retry === false && outcome.kind !== 'aborted') return result(last);
    switch (outcome.kind) {
      case 'rate-limited':
      case 'exhausted':
      case 'bad-key':
        continue;
      case 'unavailable': {
        endpointFailures += 1;
        if (endpointFailures >= call.maxAttempts) return finish(last, exhausted(attempts, last));
        const delayMs = retryDelayMs(endpointFailures, context.random);
        if (context.clock.now() + delayMs >= call.deadline) return finish(last, exhausted(attempts, last));
        if (delayMs > 0) await context.sleep(delayMs, call.signal);
        continue;
      }
      case 'aborted': {
        const ended = endedByUs(call, context.clock.now());
        if (ended !== undefined) throw withAttempts(ended, attempts, last);
        return result(last);
      }
      default:
        return result(last);
    }
  }
}

async function attemptOnce<T>(action: (lease: Lease) => Promise<T> | T, lease: Lease): Promise<Ending<T>> {
  try {
    return { value: await action(lease) };
  } catch (error) {
    return { error };
  }
}

async function judge<T>(
  context: RunContext,
  call: ResolvedCall,
  ending: Ending<T>,
  options: RunOptions<T>,
): Promise<Outcome> {
  const own = options.classify?.(ending);
  if (own !== undefined) return own;
  const now = context.clock.now();
  const { provider } = context;
  if ('error' in ending) {
    // A broken call says nothing about the provider when it was we who broke it.
    if (endedByUs(call, now) !== undefined)
      return { kind: 'aborted', reason: call.signal?.aborted ? 'aborted' : 'deadline' };
    return classifyError(provider, ending.error, now);
  }
  const body = await readErrorBody(ending.value);
  if (body === undefined) return classifyValue(provider, ending.value, now);
  const { status, headers } = ending.value as Response;
  return provider.classify({ status, header: (name) => headers.get(name), body, now });
}

function attemptOf(lease: Lease, outcome: Outcome, now: number): Attempt {
  return {
    keyId: lease.keyId,
    quotaGroup: lease.quotaGroup,
    outcome: outcome.kind,
    ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
    startedAt: lease.startedAt,
    ms: now - lease.startedAt,
  };
}

/** Retries are over: the last real answer, and an error of ours only when there was none. */
function finish<T>(last: Ending<T> | undefined, error: unknown): T {
  if (last !== undefined && 'value' in last) return last.value;
  throw error;
}

function result<T>(ending: Ending<T>): T {
  if ('error' in ending) throw ending.error;
  return ending.value;
}

function exhausted<T>(attempts: readonly Attempt[], last: Ending<T>): KeyPoolError {
  const tried = attempts.map(({ keyId, reason, outcome }) => `${keyId}: ${reason ?? outcome}`).join('; ');
  return new KeyPoolError('attempts_exhausted', `The provider could not be reached (${tried}).`, {
    attempts,
    ...('error' in last ? { cause: last.error } : {}),
  });
}

/** The same error, with what was tried before. */
function withAttempts<T>(error: unknown, attempts: readonly Attempt[], last: Ending<T> | undefined): unknown {
  if (!KeyPoolError.is(error) || attempts.length === 0) return error;
  const cause = error.cause ?? (last !== undefined && 'error' in last ? last.error : undefined);
  return new KeyPoolError(error.code, error.message, { attempts, cause, earliestStart: error.earliestStart });
}
