import { bearer } from './bearer.js';
import { classifyByCode, codeTable } from './classify-by-code.js';
import { openaiFailureStatus } from './openai-failure.js';
import { openaiUsage } from './openai-usage.js';
import type { ProviderProfile } from './provider-profile.js';

const codes = codeTable({
  exhausted: ['AccountOverdueError', 'OperationDenied.ServiceOverdue', 'QuotaExceeded', 'SetLimitExceeded'],
  // A 429 about the platform's load, not the account's.
  unavailable: ['ServerOverloaded'],
  // The account has not opened the model; another one may have.
  'bad-key': ['ModelNotOpen'],
});

/**
 * Volcengine Ark (Doubao). Limits count per account and model, per endpoint and per API: requests, tokens and
 * images a minute, and calls at the same time. How a minute is counted is not documented.
 */
export const ark: ProviderProfile = {
  name: 'ark',
  baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  counting: 'unknown',
  credential: bearer,
  classify: (answer) => classifyByCode(answer, codes),
  usage: openaiUsage,
  failureStatus: openaiFailureStatus,
};
