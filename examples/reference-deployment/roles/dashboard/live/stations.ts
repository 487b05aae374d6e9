import type { PeerState } from './peers.js';
import type { Peer, Station, StationHealth, StationId, StationNote } from './live-state.js';

/** Waiting before Flink costs part of the two seconds; waiting before storage and alerts does not. */
const DETECTIONS_BEHIND_SECONDS = 2;
const READERS_BEHIND_SECONDS = 5;
const LONG_WAIT_MS = 2_000;

export interface FlinkFacts {
  /** Flink's own word, such as RUNNING or RESTARTING. */
  readonly job: string;
  /** Tasks handed over since the job started. */
  readonly tasks: number | null;
  readonly inFlight: number | null;
  /** Records that its source has not read yet. */
  readonly pendingRecords: number | null;
  readonly savedAt: number | null;
}

export interface SchedulerFacts {
  readonly waiting: number;
  readonly inFlight: number;
  readonly oldestWaitMs: number;
  readonly maxWaiting: number;
  readonly provider:
    | { readonly state: 'ok' }
    | {
        readonly state: 'failing';
        readonly since: number | null;
        readonly answer: string;
        readonly nextTryAt: number | null;
      };
}

export interface StationFacts {
  readonly starting: boolean;
  readonly peers: Readonly<Record<Peer, { readonly state: PeerState; readonly awaySince: number | null }>>;
  readonly cameras: {
    readonly live: number;
    readonly total: number;
    readonly framesPerSecond: number;
  } | null;
  readonly detectionsPerSecond: number | null;
  readonly resultsPerSecond: number | null;
  readonly failedPerSecond: number | null;
  /** Records that the job's consumer group has not committed; a saw-tooth as high as what a checkpoint interval brings. */
  readonly detectionsLag: number | null;
  readonly checkpointSeconds: number;
  readonly flink: FlinkFacts | null;
  readonly tasksPerSecond: number | null;
  readonly scheduler: SchedulerFacts | null;
  readonly callsPerSecond: number | null;
  readonly keysAvailable: number | null;
  readonly succeededLately: boolean;
  /** Uncommitted results of each reader. */
  readonly readers: readonly { readonly peer: Peer; readonly records: number | null }[];
}

type Draft = Omit<Station, 'cause'>;

/** The five stations of the pipeline; the last one that is unwell is what holds up those before it. */
export function stations(facts: StationFacts): Station[] {
  const scheduler = schedulerStation(facts);
  const detections = detectionsStation(facts);
  const flink = flinkStation(facts, detections, isUnwell(scheduler.health));
  const all = [camerasStation(facts), detections, flink, scheduler, resultsStation(facts)];
  const cause = all.findLast(({ health }) => isUnwell(health));
  return all.map((station) => ({ ...station, cause: station === cause }));
}

export const isUnwell = (health: StationHealth) => !['well', 'starting', 'waiting'].includes(health);

function camerasStation(facts: StationFacts): Draft {
  const { cameras } = facts;
  if (!cameras) return unanswered('cameras', 'camera', facts);
  const none = cameras.live === 0;
  return {
    id: 'cameras',
    health: !none ? 'well' : facts.starting || cameras.total === 0 ? 'waiting' : 'down',
    perSecond: none && facts.starting ? null : cameras.framesPerSecond,
    note: { code: 'live', live: cameras.live, total: cameras.total },
  };
}

function detectionsStation(facts: StationFacts): Draft {
  const perSecond = facts.detectionsPerSecond;
  if (facts.peers.kafka.state !== 'ok') return unanswered('detections', 'kafka', facts);
  const records = waitingDetections(facts);
  const seconds = inSeconds(records, perSecond);
  return {
    id: 'detections',
    health: (seconds ?? 0) > DETECTIONS_BEHIND_SECONDS ? 'behind' : 'well',
    perSecond,
    note: records === null ? { code: 'no-data' } : { code: 'lag', records, seconds },
  };
}

/** What Flink has not read. Without its own number: what its group cannot have read by the last checkpoint. */
function waitingDetections({ flink, detectionsLag, detectionsPerSecond, checkpointSeconds }: StationFacts) {
  if (flink?.job === 'RUNNING') {
    if (flink.pendingRecords !== null) return flink.pendingRecords;
    if (detectionsLag === null) return null;
    return Math.max(0, Math.round(detectionsLag - (detectionsPerSecond ?? 0) * checkpointSeconds));
  }
  return detectionsLag;
}

function flinkStation(facts: StationFacts, detections: Draft, schedulerUnwell: boolean): Draft {
  const { flink } = facts;
  if (!flink) return unanswered('flink', 'flink', facts);
  if (flink.job !== 'RUNNING') {
    const health = facts.starting ? 'starting' : 'down';
    return { id: 'flink', health, perSecond: null, note: { code: 'job', job: flink.job } };
  }
  const behind = detections.health === 'behind';
  return {
    id: 'flink',
    health: !behind ? 'well' : schedulerUnwell ? 'held-back' : 'behind',
    perSecond: facts.tasksPerSecond,
    note: { code: 'in-flight', inFlight: flink.inFlight, savedAt: flink.savedAt },
  };
}

function schedulerStation(facts: StationFacts): Draft {
  const { scheduler } = facts;
  if (!scheduler) return unanswered('scheduler', 'scheduler', facts);
  const station = (health: StationHealth, note: StationNote): Draft => ({
    id: 'scheduler',
    health,
    perSecond: facts.callsPerSecond,
    note,
  });
  if (scheduler.provider.state === 'failing')
    return station('down', { code: 'provider', answer: scheduler.provider.answer });
  if (facts.keysAvailable === 0)
    return station(facts.succeededLately ? 'behind' : 'down', { code: 'no-key' });
  const crowded = scheduler.waiting > 0.8 * scheduler.maxWaiting || scheduler.oldestWaitMs > LONG_WAIT_MS;
  return station(crowded ? 'behind' : 'well', {
    code: 'waiting',
    waiting: scheduler.waiting,
    longestMs: scheduler.oldestWaitMs,
  });
}

function resultsStation(facts: StationFacts): Draft {
  if (facts.peers.kafka.state !== 'ok') return unanswered('results', 'kafka', facts);
  const perSecond = facts.resultsPerSecond;
  const known = facts.readers.filter(
    (reader): reader is { peer: Peer; records: number } => reader.records !== null,
  );
  const slowest = known.reduce<{ peer: Peer; records: number } | undefined>(
    (most, reader) => (most && most.records >= reader.records ? most : reader),
    undefined,
  );
  if (!slowest) return { id: 'results', health: 'well', perSecond, note: { code: 'no-data' } };
  const failuresOnly = (perSecond ?? 0) > 0 && facts.failedPerSecond === perSecond;
  return {
    id: 'results',
    health: (inSeconds(slowest.records, perSecond) ?? 0) > READERS_BEHIND_SECONDS ? 'behind' : 'well',
    perSecond,
    note: { code: 'slowest', records: slowest.records, reader: slowest.peer, failuresOnly },
  };
}

/** Nothing is known about the station: hatched, and unwell as soon as the start is over. */
function unanswered(id: StationId, peer: Peer, facts: StationFacts): Draft {
  const { state, awaySince } = facts.peers[peer];
  const away = state === 'away' && !facts.starting;
  return {
    id,
    health: away ? 'away' : id === 'flink' ? 'starting' : 'waiting',
    perSecond: null,
    note: away ? { code: 'away', since: awaySince } : { code: 'no-data' },
  };
}

function inSeconds(records: number | null, perSecond: number | null): number | null {
  return records === null || !perSecond ? (records === 0 ? 0 : null) : records / perSecond;
}
