import { classifyStatus } from '../outcome/classify.js';
import { bearer } from './bearer.js';
import type { ProviderProfile } from './provider-profile.js';

/** Any HTTP API with a bearer token, understood by status and `Retry-After` alone. */
export const genericHttp: ProviderProfile = {
  name: 'generic-http',
  counting: 'unknown',
  credential: bearer,
  classify: ({ status, header, now }) => classifyStatus(status, header, now),
  usage: () => undefined,
};
