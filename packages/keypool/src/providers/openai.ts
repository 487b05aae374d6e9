import { bearer } from './bearer.js';
import { classifyByCode, codeTable } from './classify-by-code.js';
import { openaiFailureStatus } from './openai-failure.js';
import { openaiUsage } from './openai-usage.js';
import type { ProviderProfile } from './provider-profile.js';

const codes = codeTable({
  // Most of them on a 429: money, which no waiting brings back.
  exhausted: [
    'insufficient_quota',
    'credit_balance_exhausted',
    'organization_spend_limit_exceeded',
    'project_spend_limit_exceeded',
    'organization_usage_limit_exceeded',
    'billing_hard_limit_reached',
  ],
  // A 403 about where the caller is: every key would get it.
  rejected: ['unsupported_country_region_territory'],
});

/**
 * OpenAI. Limits count per organization and project, so keys of one project belong in one quota group.
 * It may enforce a minute's limit second by second, hence the counting rule `unknown`.
 */
export const openai: ProviderProfile = {
  name: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  counting: 'unknown',
  credential: bearer,
  classify: (answer) => classifyByCode(answer, codes),
  usage: openaiUsage,
  failureStatus: openaiFailureStatus,
};
