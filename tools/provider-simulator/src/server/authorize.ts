import type { RefusalReason, SimulatedKey } from '../accounts/accounts.js';
import {
  accountDisabled,
  insufficientQuota,
  invalidKey,
  overloaded,
  type ApiError,
} from '../answers/errors.js';
import type { SimulatorState } from './state.js';

/**
 * Whose key this is, if it may be used at all.
 * @throws {ApiError} 401, 403, 429 without money, 503 in an outage
 */
export function authorize(state: SimulatorState, authorization: string | undefined): SimulatedKey {
  const secret = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  const key = secret === undefined ? undefined : state.accounts.withSecret(secret);
  if (!key) {
    state.unknownKeyCalls += 1;
    throw invalidKey(secret);
  }
  if (state.outage) throw refuse(key, 'overloaded', overloaded());
  if (key.revoked) throw refuse(key, 'invalid_api_key', invalidKey(secret));
  if (key.account.state === 'disabled') throw refuse(key, 'account_disabled', accountDisabled());
  if (key.account.state === 'exhausted') throw refuse(key, 'insufficient_quota', insufficientQuota());
  return key;
}

/** Counts a refusal and hands back its error. */
export function refuse(key: SimulatedKey, reason: RefusalReason, error: ApiError): ApiError {
  key.stats.refused[reason] += 1;
  return error;
}
