import type { Grant } from '../admission/grant.js';
import type { KeyState } from '../keys/key-state.js';
import type { QuotaGroupState } from '../keys/quota-group-state.js';
import type { Outcome } from './outcome.js';
import { COOLDOWN, EXHAUSTION, OUTAGE, QUARANTINE } from './recovery.js';

/** So many failures in a row, over all of an endpoint's groups, mean that the endpoint fails. */
const endpointFailures = 5;
/** So many in one group, while its neighbours succeed, mean that the group does. */
const groupOutages = 2;

/** What changed for whom; one event each. */
export type Change =
  | { readonly kind: 'key-quarantined' | 'key-restored'; readonly key: KeyState }
  | { readonly kind: 'group-cooling' | 'group-exhausted' | 'group-ready'; readonly group: QuotaGroupState }
  | { readonly kind: 'endpoint-failing' | 'endpoint-ready'; readonly group: QuotaGroupState };

/** Blames whoever is to blame for an outcome, and clears whoever it clears. Returns what changed. */
export function attribute(grant: Grant, outcome: Outcome, now: number): Change[] {
  const changes: Change[] = [];
  const { key, group, sentAt } = grant;
  const { endpoint } = group;
  switch (outcome.kind) {
    case 'ok':
    case 'rejected':
      answered(grant, now, changes);
      group.outages = 0;
      group.limits.succeeded(now);
      if (key.quarantine.succeeded(sentAt)) {
        key.since = now;
        key.reason = undefined;
        changes.push({ kind: 'key-restored', key });
      }
      if (group.recovery.succeeded(sentAt)) {
        group.since = now;
        group.reason = undefined;
        changes.push({ kind: 'group-ready', group });
      }
      break;
    case 'rate-limited': {
      answered(grant, now, changes);
      group.limits.refused(sentAt, now);
      shutGroup(grant, 'cooling', outcome, now, changes);
      break;
    }
    case 'exhausted':
      answered(grant, now, changes);
      shutGroup(grant, 'exhausted', outcome, now, changes);
      break;
    case 'bad-key': {
      answered(grant, now, changes);
      const wasOpen = key.quarantine.isOpen;
      key.quarantine.shut(QUARANTINE, sentAt, now, outcome.retryAfterMs);
      key.reason = outcome.reason;
      if (wasOpen) {
        key.since = now;
        changes.push({ kind: 'key-quarantined', key });
      }
      break;
    }
    case 'unavailable': {
      group.outages += 1;
      if (group.outages === 1) group.firstOutageAt = sentAt;
      const neighboursWork = endpoint.lastSuccessAt > group.firstOutageAt;
      const probing = grant.probesGroup;
      if (
        outcome.retryAfterMs !== undefined ||
        probing ||
        (neighboursWork && group.outages >= groupOutages)
      ) {
        shutGroup(grant, 'cooling', outcome, now, changes);
      }
      endpoint.failures += 1;
      if (endpoint.failures >= endpointFailures || !endpoint.breaker.isOpen) {
        const wasOpen = endpoint.breaker.isOpen;
        endpoint.breaker.shut(OUTAGE, sentAt, now, outcome.retryAfterMs);
        endpoint.reason = outcome.reason;
        if (wasOpen) {
          endpoint.since = now;
          changes.push({ kind: 'endpoint-failing', group });
        }
      }
      break;
    }
    case 'aborted':
    case 'unclassified':
      break;
  }
  // Whatever this probe was for and did not settle, another call may find out.
  if (grant.probesKey) key.quarantine.probeEnded();
  if (grant.probesGroup) group.recovery.probeEnded();
  if (grant.probesEndpoint) endpoint.breaker.probeEnded();
  return changes;
}

/** The endpoint gave an answer, whatever it was. */
function answered({ group, sentAt }: Grant, now: number, changes: Change[]): void {
  const { endpoint } = group;
  endpoint.failures = 0;
  endpoint.lastSuccessAt = now;
  if (!endpoint.breaker.succeeded(sentAt)) return;
  endpoint.since = now;
  endpoint.reason = undefined;
  changes.push({ kind: 'endpoint-ready', group });
}

function shutGroup(
  { group, sentAt }: Grant,
  shutAs: 'cooling' | 'exhausted',
  outcome: Outcome,
  now: number,
  changes: Change[],
): void {
  const before = group.recovery.isOpen ? undefined : { shutAs: group.shutAs, until: group.recovery.until };
  const forMs = outcome.until === undefined ? outcome.retryAfterMs : outcome.until - now;
  const times = shutAs === 'exhausted' ? EXHAUSTION : outcome.kind === 'unavailable' ? OUTAGE : COOLDOWN;
  group.recovery.shut(times, sentAt, now, forMs);
  // A refusal that shuts for less long than what holds already changes nothing about why.
  if (before !== undefined && group.recovery.until <= before.until) return;
  group.shutAs = shutAs;
  group.untilKnown = forMs !== undefined;
  group.reason = outcome.reason;
  if (before?.shutAs === shutAs) return;
  group.since = now;
  changes.push({ kind: shutAs === 'exhausted' ? 'group-exhausted' : 'group-cooling', group });
}
