import { nextMidnight } from '../limits/day.js';
import type { Usage } from '../limits/limit.js';
import { classifyStatus, errorFields, record } from '../outcome/classify.js';
import type { Outcome } from '../outcome/outcome.js';
import { reasonOf } from './classify-by-code.js';
import { durationMs } from './duration.js';
import type { ErrorAnswer, ProviderProfile } from './provider-profile.js';

/**
 * Gemini's own API. Limits count per project and model: keys of one project belong in one quota group. Days
 * end at midnight Pacific time (`perDay: 'America/Los_Angeles'`); how minutes are counted is not documented.
 */
export const gemini: ProviderProfile = {
  name: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  counting: 'unknown',
  credential: (secret) => ({ 'x-goog-api-key': secret }),
  credentialParameters: ['key'],
  classify,
  usage,
  failureStatus: (body) => {
    const code = record(record(body)?.['error'])?.['code'];
    return typeof code === 'number' ? code : undefined;
  },
};

function classify({ status, header, body, now }: ErrorAnswer): Outcome {
  // Streamed answers wrap their error in a list.
  const answer = Array.isArray(body) ? (body[0] as unknown) : body;
  const { type } = errorFields(answer);
  const details = detailsOf(answer);
  const why = details.get('ErrorInfo')?.['reason'];
  const reason = reasonOf(status, typeof why === 'string' ? why : '', type);
  // A key that is not valid is a bad request here.
  if (status === 400 && why === 'API_KEY_INVALID') return { kind: 'bad-key', reason };
  const outcome = classifyStatus(status, header, now, reason);
  if (status !== 429) return outcome;
  const quotas = violations(details.get('QuotaFailure'));
  // A limit of zero: the project's tier does not have this model, and no waiting changes that.
  if (quotas.some(({ value }) => value === '0')) return { kind: 'exhausted', reason };
  if (quotas.some(({ id }) => id.includes('PerDay')))
    return { kind: 'exhausted', until: nextMidnight('America/Los_Angeles', now), reason };
  const delay = details.get('RetryInfo')?.['retryDelay'];
  return { ...outcome, retryAfterMs: outcome.retryAfterMs ?? durationMs(delay) };
}

/** Google's error details (google.rpc) by the last part of their type. */
function detailsOf(body: unknown): Map<string, Record<string, unknown>> {
  const list = record(record(body)?.['error'])?.['details'];
  const byType = new Map<string, Record<string, unknown>>();
  for (const item of Array.isArray(list) ? list : []) {
    const detail = record(item);
    const type = detail?.['@type'];
    if (detail !== undefined && typeof type === 'string')
      byType.set(type.slice(type.lastIndexOf('.') + 1), detail);
  }
  return byType;
}

function violations(failure: Record<string, unknown> | undefined): { id: string; value: unknown }[] {
  const list = failure?.['violations'];
  return (Array.isArray(list) ? list : []).map((item) => {
    const violation = record(item);
    return { id: String(violation?.['quotaId'] ?? ''), value: violation?.['quotaValue'] };
  });
}

function usage(body: unknown): Usage | undefined {
  const told = record(record(body)?.['usageMetadata']);
  if (told === undefined) return undefined;
  const count = (name: string) => (typeof told[name] === 'number' ? told[name] : 0);
  return {
    inputTokens: count('promptTokenCount') + count('toolUsePromptTokenCount'),
    outputTokens: count('candidatesTokenCount') + count('thoughtsTokenCount'),
  };
}
