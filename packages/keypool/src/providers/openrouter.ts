import { classifyStatus, errorFields, record } from '../outcome/classify.js';
import type { Outcome } from '../outcome/outcome.js';
import { retryAfterMs } from '../outcome/retry-after.js';
import { bearer } from './bearer.js';
import { reasonOf } from './classify-by-code.js';
import { openaiUsage } from './openai-usage.js';
import type { ErrorAnswer, ProviderProfile } from './provider-profile.js';

/**
 * OpenRouter. Limits are global: more keys, and more accounts, do not raise them; a pool helps with credit
 * caps of single keys and with retries. Once the model has started, errors come inside a 200.
 */
export const openrouter: ProviderProfile = {
  name: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  counting: 'unknown',
  credential: bearer,
  classify,
  usage: openaiUsage,
  failsInsideBodies: true,
  failureStatus: (body) => {
    const answer = record(body);
    const choices = answer?.['choices'];
    const error =
      record(answer?.['error']) ??
      (Array.isArray(choices) ? record(record(choices[0])?.['error']) : undefined);
    if (error === undefined) return undefined;
    const code = Number(error['code']);
    return code >= 400 && code <= 599 ? code : 502;
  },
};

function classify({ status, header, body, now }: ErrorAnswer): Outcome {
  const metadata = record(record(record(body)?.['error'])?.['metadata']);
  const { code, type } = errorFields(body);
  const reason = reasonOf(status, code, type);
  const outcome = classifyStatus(status, header, now, reason);
  switch (status) {
    case 402: {
      const source = metadata?.['limit_source'];
      // Money reserved by calls in flight, which comes back as they end.
      if (source === 'openrouter_in_flight_budget') return { ...outcome, kind: 'rate-limited' };
      // The cap of this one key; the account has money.
      return source === 'key' ? { kind: 'bad-key', reason: `${status} credit limit of the key` } : outcome;
    }
    case 403:
      // Moderation and guardrails say what they flagged; a lack of permission says nothing.
      return metadata === undefined ? outcome : { kind: 'rejected', reason };
    case 429: {
      // The model's host refused, not OpenRouter: no key and no account is to blame.
      if (metadata?.['provider_name'] !== undefined) return { ...outcome, kind: 'unavailable' };
      const reset = Number(header('x-ratelimit-reset') ?? NaN);
      const untilReset = reset > now ? reset - now : undefined;
      return { ...outcome, retryAfterMs: retryAfterMs(header, now) ?? untilReset };
    }
    default:
      return outcome;
  }
}
