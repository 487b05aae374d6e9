import { genericHttp } from './generic-http.js';
import { openaiCompatible } from './openai-compatible.js';
import { openai } from './openai.js';
import type { ProviderProfile } from './provider-profile.js';

/** Every built-in profile, under the name that keys files use. */
export const providerCatalogue: ReadonlyMap<string, ProviderProfile> = new Map(
  [openai, openaiCompatible, genericHttp].map((profile) => [profile.name, profile]),
);
