/**
 * What the pool knows about each provider. Pass one as `provider`, or write your own: a profile is plain
 * data and three pure functions.
 *
 * @module
 */
export { openai } from './openai.js';
export { azureOpenai } from './azure-openai.js';
export { anthropic } from './anthropic.js';
export { gemini } from './gemini.js';
export { dashscope } from './dashscope.js';
export { zhipu } from './zhipu.js';
export { ark } from './ark.js';
export { mistral } from './mistral.js';
export { openrouter } from './openrouter.js';
export { openaiCompatible } from './openai-compatible.js';
export { genericHttp } from './generic-http.js';
export { providerCatalogue } from './catalogue.js';
export { classifyByCode, codeTable, type CodeTable } from './classify-by-code.js';
export { classifyStatus, errorFields } from '../outcome/classify.js';
export { retryAfterMs } from '../outcome/retry-after.js';
export type { ErrorAnswer, HeaderReader, ProviderProfile } from './provider-profile.js';
