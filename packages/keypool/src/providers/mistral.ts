import { bearer } from './bearer.js';
import { classifyByCode } from './classify-by-code.js';
import { openaiFailureStatus } from './openai-failure.js';
import { openaiUsage } from './openai-usage.js';
import type { ProviderProfile } from './provider-profile.js';

/**
 * Mistral. Limits count per organization, requests by the second, tokens by the minute and by the month. Its
 * statuses say what was meant; its codes add nothing.
 */
export const mistral: ProviderProfile = {
  name: 'mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  counting: 'unknown',
  credential: bearer,
  classify: (answer) => classifyByCode(answer),
  usage: openaiUsage,
  failureStatus: openaiFailureStatus,
};
