import { classifyByCode } from './classify-by-code.js';
import { openaiFailureStatus } from './openai-failure.js';
import { openaiUsage } from './openai-usage.js';
import type { ProviderProfile } from './provider-profile.js';

/**
 * Azure OpenAI. Limits count per deployment (a share of subscription, region, model and type): give each one
 * its quota group, with its `baseUrl`, and its `model` where the deployment is named in the body. Requests
 * are checked over 1 or 10 seconds, hence the counting rule `unknown`. Quota is an allocation and not money:
 * no 429 exhausts a deployment.
 */
export const azureOpenai: ProviderProfile = {
  name: 'azure-openai',
  counting: 'unknown',
  credential: (secret) => ({ 'api-key': secret }),
  classify: (answer) => classifyByCode(answer),
  usage: openaiUsage,
  failureStatus: openaiFailureStatus,
};
