import { AsyncLocalStorage } from 'node:async_hooks';
import { KeyPoolError, invalidOption } from './errors.js';
import type { Cost } from './limits/limit.js';

/** What one call asks of the pool. Everything is optional. */
export interface CallOptions {
  /** Which model is called: decides which `models` limits count. Default: limits without `models` only. */
  readonly model?: string | undefined;
  /** Expected tokens, reserved before the call and settled after it. One number counts as input. Default 0. */
  readonly tokens?: number | { readonly input: number; readonly output: number } | undefined;
  /** Images in the request, for limits on images. Default 0. */
  readonly images?: number | undefined;
  /** Milliseconds from now within which the whole call, waiting and retries included, must end. Default: none. */
  readonly deadlineMs?: number | undefined;
  /** Higher goes first. Default 0. */
  readonly priority?: number | undefined;
  /**
   * Whose call it is. While calls wait, those of one priority are served in fair shares between fairness keys,
   * by the tokens they name or call by call; calls without one share one. Strategies see it too.
   */
  readonly fairnessKey?: string | undefined;
  /** Tries of one call when the endpoint fails. Default 3. Refused or dead keys are not counted: the pool is walked. */
  readonly maxAttempts?: number | undefined;
  /** Ends the call at any moment; so does the signal of a surrounding `withCallOptions`. */
  readonly signal?: AbortSignal | undefined;
}

/** Call options with every default filled in. */
export interface ResolvedCall {
  readonly model: string | undefined;
  readonly cost: Cost;
  /** The call takes exactly one request and nothing else. */
  readonly plain: boolean;
  /** Epoch milliseconds; Infinity when there is none. */
  readonly deadline: number;
  readonly priority: number;
  readonly fairnessKey: string | undefined;
  readonly maxAttempts: number;
  readonly signal: AbortSignal | undefined;
}

export const DEFAULT_MAX_ATTEMPTS = 3;

const oneRequest: Cost = { requests: 1, inputTokens: 0, outputTokens: 0, images: 0 };

const noOptions: ResolvedCall = {
  model: undefined,
  cost: oneRequest,
  plain: true,
  deadline: Infinity,
  priority: 0,
  fairnessKey: undefined,
  maxAttempts: DEFAULT_MAX_ATTEMPTS,
  signal: undefined,
};

const ambient = new AsyncLocalStorage<CallOptions>();

/**
 * Gives options to every pooled call made inside `action`, however deep: the way to pass a priority or a
 * deadline through an SDK that knows nothing of the pool. Inner calls win over outer ones, field by field.
 */
export function withCallOptions<T>(options: CallOptions, action: () => T): T {
  const outer = ambient.getStore();
  return ambient.run(outer === undefined ? options : { ...outer, ...options }, action);
}

/** Options of the surrounding `withCallOptions`, overridden by those given here. */
export function resolveCall(given: CallOptions | undefined, now: number): ResolvedCall {
  const outer = ambient.getStore();
  if (outer === undefined && given === undefined) return noOptions;
  const options =
    outer === undefined ? given! : given === undefined ? outer : { ...outer, ...defined(given) };
  const cost = costOf(options);
  const { deadlineMs, priority = 0, maxAttempts = DEFAULT_MAX_ATTEMPTS } = options;
  const signal = eitherOf(outer?.signal, given?.signal);
  if (deadlineMs !== undefined && !(deadlineMs >= 0)) {
    throw invalidOption('deadlineMs', 'must be a number of milliseconds, 0 or more', deadlineMs);
  }
  if (!Number.isFinite(priority)) throw invalidOption('priority', 'must be a finite number', priority);
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw invalidOption('maxAttempts', 'must be a whole number, 1 or more', maxAttempts);
  }
  if (signal?.aborted) throw abortedError(signal);
  return {
    model: options.model,
    cost,
    plain: cost === oneRequest,
    deadline: deadlineMs === undefined ? Infinity : now + deadlineMs,
    priority,
    fairnessKey: options.fairnessKey,
    maxAttempts,
    signal,
  };
}

/** The caller's signal fired. */
export function abortedError(signal: AbortSignal): KeyPoolError {
  return new KeyPoolError('aborted', 'The call was aborted by its signal.', { cause: signal.reason });
}

/** SDKs give every call a signal of their own, which must not make the caller's unheard. */
function eitherOf(outer: AbortSignal | undefined, given: AbortSignal | undefined): AbortSignal | undefined {
  if (outer === undefined || given === undefined || outer === given) return given ?? outer;
  return AbortSignal.any([outer, given]);
}

function costOf(options: CallOptions): Cost {
  const { tokens, images = 0 } = options;
  if (tokens === undefined && images === 0) return oneRequest;
  const input = tokens === undefined ? 0 : typeof tokens === 'number' ? tokens : tokens.input;
  const output = tokens === undefined || typeof tokens === 'number' ? 0 : tokens.output;
  for (const [name, value] of [
    ['tokens.input', input],
    ['tokens.output', output],
    ['images', images],
  ] as const) {
    if (!Number.isFinite(value) || value < 0) throw invalidOption(name, 'must be a number, 0 or more', value);
  }
  return { requests: 1, inputTokens: input, outputTokens: output, images };
}

function defined(options: CallOptions): CallOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
