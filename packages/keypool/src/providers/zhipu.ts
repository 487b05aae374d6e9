import { nextMidnight } from '../limits/day.js';
import { errorFields } from '../outcome/classify.js';
import { bearer } from './bearer.js';
import { classifyByCode, codeTable } from './classify-by-code.js';
import { openaiFailureStatus } from './openai-failure.js';
import { openaiUsage } from './openai-usage.js';
import type { ProviderProfile } from './provider-profile.js';

const codes = codeTable({
  'bad-key': ['1000', '1001', '1002', '1003', '1004'],
  // The account is inactive, unknown, locked, in debt, or its plan has ended.
  exhausted: ['1110', '1111', '1112', '1113', '1121', '1304', '1308', '1309', '1310'],
  'rate-limited': ['1302', '1303', '1313'],
  // A 429 about the platform's load, not the account's.
  unavailable: ['500', '1120', '1234', '1305', '1312'],
  rejected: ['1261', '1300', '1301', '1311'],
});

/** When a used-up allowance comes back, as the message says it: Beijing time. */
const resetTime = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})/;

/**
 * Zhipu (GLM, bigmodel.cn). Limits count per account, model and tier of the user, calls at the same time before
 * all: tell it as `{ concurrent }`.
 */
export const zhipu: ProviderProfile = {
  name: 'zhipu',
  baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
  counting: 'unknown',
  credential: bearer,
  classify: (answer) => {
    const outcome = classifyByCode(answer, codes);
    if (outcome.kind !== 'exhausted') return outcome;
    const { code, message } = errorFields(answer.body);
    if (code === '1304') return { ...outcome, until: nextMidnight('Asia/Shanghai', answer.now) };
    const [, date, time] = resetTime.exec(message) ?? [];
    const until = Date.parse(`${date}T${time}+08:00`);
    return Number.isNaN(until) ? outcome : { ...outcome, until };
  },
  usage: openaiUsage,
  failureStatus: openaiFailureStatus,
};
