import { anthropic } from './anthropic.js';
import { ark } from './ark.js';
import { azureOpenai } from './azure-openai.js';
import { dashscope } from './dashscope.js';
import { gemini } from './gemini.js';
import { genericHttp } from './generic-http.js';
import { mistral } from './mistral.js';
import { openaiCompatible } from './openai-compatible.js';
import { openai } from './openai.js';
import { openrouter } from './openrouter.js';
import type { ProviderProfile } from './provider-profile.js';
import { zhipu } from './zhipu.js';

const profiles: readonly ProviderProfile[] = [
  openai,
  azureOpenai,
  anthropic,
  gemini,
  dashscope,
  zhipu,
  ark,
  mistral,
  openrouter,
  openaiCompatible,
  genericHttp,
];

/** Every built-in profile, under the name that keys files use. */
export const providerCatalogue: ReadonlyMap<string, ProviderProfile> = new Map(
  profiles.map((profile) => [profile.name, profile]),
);
