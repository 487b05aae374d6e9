import { bearer } from './bearer.js';
import { classifyByCode, codeTable } from './classify-by-code.js';
import { openaiFailureStatus } from './openai-failure.js';
import { openaiUsage } from './openai-usage.js';
import type { ProviderProfile } from './provider-profile.js';

const codes = codeTable({
  // Tokens per minute, whatever it says: it is over within the minute.
  'rate-limited': ['insufficient_quota', 'limit_requests', 'limit_burst_rate'],
  exhausted: ['Arrearage', 'AllocationQuota.FreeTierOnly'],
  'bad-key': ['invalid_api_key', 'InvalidApiKey'],
  rejected: ['DataInspectionFailed', 'data_inspection_failed'],
});

/**
 * Alibaba Cloud Model Studio (DashScope, Qwen), in OpenAI's protocol or its own. Limits count per main account
 * and model, over all workspaces, users and keys, and a sixtieth of a minute's limit holds for each second:
 * counting rule `unknown`. Outside mainland China set `baseUrl` to the region's.
 */
export const dashscope: ProviderProfile = {
  name: 'dashscope',
  baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  counting: 'unknown',
  credential: bearer,
  classify: (answer) => classifyByCode(answer, codes),
  usage: openaiUsage,
  failureStatus: openaiFailureStatus,
};
