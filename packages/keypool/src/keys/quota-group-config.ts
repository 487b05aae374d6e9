import { invalidOption } from '../errors.js';
import { dimensions, measureOf } from '../limits/limit-plan.js';
import type { Dimension, Limit } from '../limits/limit.js';

/** An account, project or deployment: the thing whose limits its keys share. */
export interface QuotaGroupConfig {
  readonly id: string;
  /** All hold at once. None: the pace is learned from refusals. */
  readonly limits: readonly Limit[];
  /** Where this group's calls go, when it is not where the others go. */
  readonly baseUrl?: string | undefined;
  /** The model's name in this group, when it has another one there (a deployment, an endpoint id). */
  readonly model?: string | undefined;
}

export function checkQuotaGroup(group: QuotaGroupConfig): void {
  if (typeof group?.id !== 'string' || group.id === '') {
    throw invalidOption('quotaGroup.id', 'must be a non-empty string', group?.id);
  }
  checkLimits(group.limits, `limits of quota group "${group.id}"`);
  if (group.baseUrl !== undefined) checkBaseUrl(group.baseUrl, `baseUrl of quota group "${group.id}"`);
}

export function checkLimits(limits: readonly Limit[], where: string): void {
  if (!Array.isArray(limits)) throw invalidOption(where, 'must be a list', limits);
  limits.forEach((limit, index) => checkLimit(limit as Limit, `${where}[${index}]`));
}

export function checkBaseUrl(baseUrl: string, where: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalidOption(where, 'must be an http or https URL', baseUrl);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidOption(where, 'must not carry credentials', 'a URL with a user name or password');
  }
}

function checkLimit(limit: Limit, where: string): void {
  if (typeof limit !== 'object' || limit === null) throw invalidOption(where, 'must be an object', limit);
  let measure;
  try {
    measure = measureOf(limit);
  } catch {
    throw invalidOption(
      where,
      'must name requests, tokens, inputTokens, outputTokens, images or concurrent',
      Object.keys(limit).join(', '),
    );
  }
  const { dimension, amount } = measure;
  const named = dimensions.filter(
    (name) => (limit as Partial<Record<Dimension, number>>)[name] !== undefined,
  );
  if (named.length > 1)
    throw invalidOption(where, 'must count one thing; make two limits of it', named.join(' and '));
  if (!Number.isFinite(amount) || amount <= 0)
    throw invalidOption(`${where}.${dimension}`, 'must be a number above 0', amount);
  if (dimension === 'concurrent' || dimension === 'requests') {
    if (!Number.isInteger(amount))
      throw invalidOption(`${where}.${dimension}`, 'must be a whole number', amount);
  }
  if (dimension === 'concurrent') return;
  if ('perDay' in limit && limit.perDay !== undefined) {
    if ('perSeconds' in limit) throw invalidOption(where, 'must be per seconds or per day', 'both');
    checkTimeZone(limit.perDay, `${where}.perDay`);
    return;
  }
  const { perSeconds, burst, counting } = limit as { perSeconds: number; burst?: number; counting?: string };
  if (!Number.isFinite(perSeconds) || perSeconds <= 0) {
    throw invalidOption(
      `${where}.perSeconds`,
      'must be a number of seconds above 0 (or give perDay)',
      perSeconds,
    );
  }
  if (burst !== undefined && !(Number.isFinite(burst) && burst >= 1)) {
    throw invalidOption(`${where}.burst`, 'must be a number, 1 or more', burst);
  }
  if (counting !== undefined && !['bucket', 'fixed', 'sliding', 'unknown'].includes(counting)) {
    throw invalidOption(`${where}.counting`, 'must be bucket, fixed, sliding or unknown', counting);
  }
}

function checkTimeZone(timeZone: string, where: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw invalidOption(where, 'must be an IANA time zone such as America/Los_Angeles', timeZone);
  }
}
