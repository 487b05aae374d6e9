import { systemClock, type Clock } from './clock.js';
import { invalidOption } from './errors.js';
import { checkKey, type KeyConfig } from './keys/key-config.js';
import {
  checkBaseUrl,
  checkLimits,
  checkQuotaGroup,
  type QuotaGroupConfig,
} from './keys/quota-group-config.js';
import { measureOf } from './limits/limit-plan.js';
import type { Limit } from './limits/limit.js';
import { openaiCompatible } from './providers/openai-compatible.js';
import type { ProviderProfile } from './providers/provider-profile.js';
import { systemRandom, type Random } from './random.js';
import { roundRobin } from './strategies/round-robin.js';
import type { Strategy } from './strategies/strategy.js';

/** The part of a pool that can be changed while it works: what a keys file holds. */
export interface PoolConfig {
  /** Default: none yet. */
  readonly keys?: readonly KeyConfig[] | undefined;
  /** Limits of accounts. A key whose group is not listed here has the pool's `limits`. */
  readonly quotaGroups?: readonly QuotaGroupConfig[] | undefined;
  /** Limits of every quota group that is not listed. Default: none told; the pace is learned from refusals. */
  readonly limits?: readonly Limit[] | undefined;
  /** Which key next. Default `roundRobin`. */
  readonly strategy?: Strategy | undefined;
  /** Where calls go. Default: where the provider is. */
  readonly baseUrl?: string | undefined;
  /** The model's name for groups that do not say their own; seen as `lease.model`. */
  readonly model?: string | undefined;
}

export interface KeyPoolOptions extends PoolConfig {
  /** How the provider counts and what its answers mean. Default `openaiCompatible`. */
  readonly provider?: ProviderProfile | undefined;
  readonly admission?:
    | {
        /** Calls that may wait at once; the next one gets `queue_full`. Default 10,000. */
        readonly maxWaiting?: number | undefined;
      }
    | undefined;
  /** Where time comes from. Default: the system. */
  readonly clock?: Clock | undefined;
  /** Where chance comes from. Default: the system. */
  readonly random?: Random | undefined;
}

export const DEFAULT_MAX_WAITING = 10_000;

export interface ResolvedConfig {
  readonly keys: readonly KeyConfig[];
  readonly quotaGroups: readonly QuotaGroupConfig[];
  readonly limits: readonly Limit[];
  readonly strategy: Strategy;
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
}

export interface ResolvedOptions extends ResolvedConfig {
  readonly provider: ProviderProfile;
  readonly maxWaiting: number;
  readonly clock: Clock;
  readonly random: Random;
}

export function resolveOptions(options: KeyPoolOptions): ResolvedOptions {
  const { provider = openaiCompatible, clock = systemClock, random = systemRandom } = options;
  const maxWaiting = options.admission?.maxWaiting ?? DEFAULT_MAX_WAITING;
  if (!Number.isInteger(maxWaiting) || maxWaiting < 0) {
    throw invalidOption('admission.maxWaiting', 'must be a whole number, 0 or more', maxWaiting);
  }
  if (typeof provider?.classify !== 'function' || typeof provider.credential !== 'function') {
    throw invalidOption(
      'provider',
      'must be a profile from @riskwatch/keypool/providers or one like it',
      provider,
    );
  }
  return { ...resolveConfig(options, provider), provider, maxWaiting, clock, random };
}

/** Checks the changeable part as a whole before anything of it takes effect. */
export function resolveConfig(config: PoolConfig, provider: ProviderProfile): ResolvedConfig {
  const { keys = [], quotaGroups = [], limits = [], strategy = roundRobin, model } = config;
  const baseUrl = config.baseUrl ?? provider.baseUrl;
  if (typeof strategy?.start !== 'function') {
    throw invalidOption(
      'strategy',
      'must be one from @riskwatch/keypool/strategies or an object with start()',
      strategy,
    );
  }
  if (baseUrl !== undefined) checkBaseUrl(baseUrl, 'baseUrl');
  if (!Array.isArray(keys)) throw invalidOption('keys', 'must be a list', keys);
  if (!Array.isArray(quotaGroups)) throw invalidOption('quotaGroups', 'must be a list', quotaGroups);
  checkLimits(limits, 'limits');
  keys.forEach(checkKey);
  quotaGroups.forEach(checkQuotaGroup);
  checkUnique('keys', keys);
  checkUnique('quotaGroups', quotaGroups);
  return { keys, quotaGroups, limits, strategy, baseUrl, model };
}

/** What a configuration says that is asked for on every call. */
export interface ConfigFacts {
  readonly baseUrls: readonly string[];
  readonly countsTokens: boolean;
  readonly limitedModels: ReadonlySet<string>;
}

export function factsOf({ baseUrl, limits, quotaGroups }: ResolvedConfig): ConfigFacts {
  const every = [...limits, ...quotaGroups.flatMap((group) => group.limits)];
  const baseUrls = [baseUrl, ...quotaGroups.map((group) => group.baseUrl)];
  return {
    baseUrls: [...new Set(baseUrls.filter((url) => url !== undefined))],
    countsTokens: every.some((limit) =>
      ['tokens', 'inputTokens', 'outputTokens'].includes(measureOf(limit).dimension),
    ),
    limitedModels: new Set(every.flatMap((limit) => limit.models ?? [])),
  };
}

function checkUnique(option: string, items: readonly { readonly id: string }[]): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw invalidOption(option, 'must not name the same id twice', id);
    seen.add(id);
  }
}
