import { classifyStatus } from '../outcome/classify.js';
import type { ProviderProfile } from './provider-profile.js';

/** Any HTTP API with a bearer token, understood by status and `Retry-After` alone. */
export const genericHttp: ProviderProfile = {
  name: 'generic-http',
  counting: 'unknown',
  credential: (secret) => ({ authorization: `Bearer ${secret}` }),
  classify: ({ status, header, now }) => classifyStatus(status, header, now),
  usage: () => undefined,
};
