import type { Cause, Overall, Peer, Quantiles, Station } from './live-state.js';
import { GOAL_MS } from './live-state.js';
import { isUnwell, type SchedulerFacts } from './stations.js';
import type { PeerState } from './peers.js';

/** Pictures arrive and nothing was judged for this long: the system does not judge. */
export const SILENT_MS = 30_000;
/** More failures than this among the last minute's results are worth a word. */
const FAILING_SHARE = 0.05;

export interface OverallFacts {
  readonly now: number;
  readonly starting: boolean;
  readonly startedAt: number | null;
  readonly stations: readonly Station[];
  readonly peers: Readonly<Record<Peer, { readonly state: PeerState; readonly awaySince: number | null }>>;
  readonly cameras: { readonly live: number; readonly total: number } | null;
  readonly keys: {
    readonly available: number;
    readonly total: number;
    readonly nextAt: number | null;
  } | null;
  readonly provider: SchedulerFacts['provider'] | null;
  readonly flinkJob: string | null;
  readonly lastSuccessAt: number | null;
  /** Since when tasks have been arriving without a pause; `null` while none do. */
  readonly arrivingSince: number | null;
  readonly endToEnd: Quantiles | null;
  readonly within: number | null;
  readonly failedShare: number | null;
}

/** The header's one word and why: the worst of everything that is watched. */
export function overall(facts: OverallFacts): Overall {
  const attention = {
    cameras: facts.cameras ? facts.cameras.total - facts.cameras.live : 0,
    keys: facts.keys ? facts.keys.total - facts.keys.available : 0,
  };
  const common = { within: facts.within, attention };
  if (facts.starting) return { state: 'starting', since: facts.startedAt, causes: [], ...common };

  const blocking = blockingCauses(facts);
  const silentSince = silenceOf(facts);
  const noVerdicts = silentSince !== null || facts.provider?.state === 'failing';
  if (noVerdicts || (blocking.length > 0 && !succeededLately(facts))) {
    const causes = blocking.length > 0 ? blocking : [{ code: 'silent', since: silentSince } as const];
    return { state: 'not-judging', since: sinceOf(causes) ?? facts.lastSuccessAt, causes, ...common };
  }
  const causes = [...blocking, ...limitingCauses(facts)];
  return { state: causes.length > 0 ? 'limited' : 'working', since: sinceOf(causes), causes, ...common };
}

/** Whether a verdict is young enough to say that the system judges. */
export const succeededLately = ({ lastSuccessAt, now }: Pick<OverallFacts, 'lastSuccessAt' | 'now'>) =>
  lastSuccessAt !== null && now - lastSuccessAt <= SILENT_MS;

/** What stops every assessment if it lasts, worst first. */
function blockingCauses({ peers, provider, keys, flinkJob }: OverallFacts): Cause[] {
  const causes: Cause[] = [];
  for (const peer of ['kafka', 'scheduler', 'flink'] as const)
    if (peers[peer].state === 'away') causes.push({ code: 'away', peer, since: peers[peer].awaySince });
  if (provider?.state === 'failing')
    causes.push({
      code: 'provider',
      answer: provider.answer,
      since: provider.since,
      nextTryAt: provider.nextTryAt,
    });
  if (keys && keys.available === 0) causes.push({ code: 'no-key', until: keys.nextAt });
  if (flinkJob !== null && flinkJob !== 'RUNNING') causes.push({ code: 'flink', job: flinkJob });
  return causes;
}

function limitingCauses(facts: OverallFacts): Cause[] {
  const causes: Cause[] = [];
  for (const peer of ['camera', 'alerts', 'storage'] as const)
    if (facts.peers[peer].state === 'away')
      causes.push({ code: 'away', peer, since: facts.peers[peer].awaySince });
  if (facts.cameras && facts.cameras.total > 0 && facts.cameras.live === 0)
    causes.push({ code: 'no-camera' });
  const behind = facts.stations.find(({ cause, health }) => cause && isUnwell(health) && health !== 'away');
  if (behind && !(behind.id === 'cameras' && causes.length > 0))
    causes.push({ code: 'behind', station: behind.id });
  if (facts.endToEnd && facts.endToEnd.p95 > GOAL_MS)
    causes.push({ code: 'late', p95Ms: facts.endToEnd.p95 });
  if ((facts.failedShare ?? 0) > FAILING_SHARE)
    causes.push({ code: 'failing', share: facts.failedShare ?? 0 });
  return causes;
}

/** Since when tasks arrive and none is judged; `null` while that is no reason to worry. */
function silenceOf({ now, arrivingSince, lastSuccessAt }: OverallFacts): number | null {
  if (arrivingSince === null) return null;
  const since = Math.max(arrivingSince, lastSuccessAt ?? 0);
  return now - since > SILENT_MS ? since : null;
}

function sinceOf(causes: readonly Cause[]): number | null {
  const first = causes[0];
  return first && 'since' in first ? first.since : null;
}
