import { classifyStatus, errorFields } from '../outcome/classify.js';
import { bearer } from './bearer.js';
import { reasonOf } from './classify-by-code.js';
import { openaiFailureStatus } from './openai-failure.js';
import { openaiUsage } from './openai-usage.js';
import type { ProviderProfile } from './provider-profile.js';

/**
 * Any server that speaks OpenAI's protocol. What its codes mean beyond the status is not known, and the same
 * word means opposite things at different providers (`insufficient_quota`: "no money" at one, "tokens per
 * minute" at another): only codes that speak plainly of money exhaust the group, every other 429 is a limit.
 */
export const openaiCompatible: ProviderProfile = {
  name: 'openai-compatible',
  counting: 'unknown',
  credential: bearer,
  classify: ({ status, header, body, now }) => {
    const { code, type } = errorFields(body);
    const reason = reasonOf(status, code, type);
    const outcome = classifyStatus(status, header, now, reason);
    if (outcome.kind !== 'rate-limited') return outcome;
    const aboutMoney = /credit|billing|balance|arrear|overdue|spend_limit/i.test(`${code} ${type}`);
    // A server that says when to come back speaks of a limit, whatever it calls it.
    const noMoney = aboutMoney || (code === 'insufficient_quota' && outcome.retryAfterMs === undefined);
    return noMoney ? { kind: 'exhausted', retryAfterMs: outcome.retryAfterMs, reason } : outcome;
  },
  usage: openaiUsage,
  failureStatus: openaiFailureStatus,
};
