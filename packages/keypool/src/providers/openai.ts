import { classifyStatus, errorFields } from '../outcome/classify.js';
import type { ProviderProfile } from './provider-profile.js';
import { openaiUsage } from './openai-usage.js';

/** Codes and types on a 429 that mean money, which no waiting brings back. */
const money = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'billing_hard_limit_reached',
]);

/**
 * OpenAI. Limits count per organization and project, so keys of one project belong in one quota group.
 * It may enforce a minute's limit second by second, hence the counting rule `unknown`.
 */
export const openai: ProviderProfile = {
  name: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  counting: 'unknown',
  credential: (secret) => ({ authorization: `Bearer ${secret}` }),
  classify: ({ status, header, body, now }) => {
    const { code, type } = errorFields(body);
    const reason = [status, code || type].filter(Boolean).join(' ');
    if (status === 429 && (money.has(code) || money.has(type))) return { kind: 'exhausted', reason };
    return classifyStatus(status, header, now, reason);
  },
  usage: openaiUsage,
};
