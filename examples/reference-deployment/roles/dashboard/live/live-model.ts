import { AlertList } from './alert-list.js';
import { Arrivals } from './arrivals.js';
import { CameraVerdicts, type JudgedDetection, type SeenDetection } from './camera-verdicts.js';
import { cameraView, type CameraReport } from './camera-view.js';
import { CounterRate } from './counter-rate.js';
import { KeyHistory, type Call } from './key-history.js';
import { keysView, nextKeyAt, type PoolReport } from './keys-view.js';
import type { AlertView, Peer, Sections, StartView } from './live-state.js';
import { overall, succeededLately } from './overall.js';
import { Peers } from './peers.js';
import { RateWindow } from './rate-window.js';
import { ResultHistory } from './result-history.js';
import { SteppedRate } from './stepped-rate.js';
import { stations, type FlinkFacts, type SchedulerFacts } from './stations.js';
import { WallOrder } from './wall-order.js';

/** A deployment without start steps counts as starting for this long, unless a verdict comes first. */
const START_GRACE_MS = 30_000;
const RATE_SECONDS = 10;

export interface LiveModelOptions {
  readonly site: string;
  readonly cameras: readonly { readonly id: string; readonly name: string }[];
  readonly sampleSeconds: number;
  readonly checkpointSeconds: number;
  readonly now: () => number;
}

/** One final result as the model takes it in. */
export interface LiveResult extends JudgedDetection {
  readonly requestId: string;
  readonly errorCode?: string;
  readonly calls: readonly Call[];
}

/** Everything the dashboard knows. The feeds put facts in; `sections` tells what follows from them now. */
export class LiveModel {
  readonly peers = new Peers();
  readonly #options: LiveModelOptions;
  readonly #bootedAt: number;
  readonly #results = new ResultHistory();
  readonly #keyHistory = new KeyHistory();
  readonly #verdicts = new CameraVerdicts();
  readonly #alerts = new AlertList();
  readonly #order = new WallOrder();
  readonly #arrivals = new Arrivals();
  readonly #detections = new RateWindow(RATE_SECONDS);
  readonly #calls = new CounterRate(RATE_SECONDS * 1_000);
  readonly #tasks = new SteppedRate();
  readonly #lags = new Map<string, number>();
  #judgedLive = false;
  #start: StartView | null = null;
  #reports: readonly CameraReport[] | null = null;
  #scheduler: SchedulerFacts | null = null;
  #pool: PoolReport | null = null;
  #flink: FlinkFacts | null = null;

  constructor(options: LiveModelOptions) {
    this.#options = options;
    this.#bootedAt = options.now();
  }

  /** Kafka is being read: from now on silence means that nothing happens. */
  reading(): void {
    const now = this.#options.now();
    this.peers.set('kafka', 'ok', now);
    this.#detections.begin(now);
    this.#results.begin(now);
  }

  detection(detection: SeenDetection): void {
    const now = this.#options.now();
    this.#verdicts.seen(detection);
    this.#detections.add(now);
    this.#arrivals.arrived(now);
  }

  /**
   * A result from the topic, also from the minutes before this process was there; the repeat of one that is known
   * changes nothing.
   */
  result(result: LiveResult): void {
    const { requestId, publishedAt, capturedAt, errorCode } = result;
    const isFirst = this.#results.add({
      requestId,
      publishedAt,
      capturedAt,
      ...(errorCode === undefined ? {} : { errorCode }),
    });
    if (!isFirst) return;
    this.#verdicts.judged(result);
    for (const call of result.calls) this.#keyHistory.add(call);
    if (errorCode === undefined && publishedAt >= this.#bootedAt) this.#judgedLive = true;
  }

  cameras(reports: readonly CameraReport[] | null): void {
    this.#reports = reports;
    this.#peer('camera', reports !== null);
  }

  /** The scheduler's state and its pool, which it tells only to those who hold its admin token. */
  scheduler(facts: { status: SchedulerFacts; pool: PoolReport | null } | null): void {
    const now = this.#options.now();
    this.#scheduler = facts?.status ?? null;
    this.#pool = facts?.pool ?? null;
    this.#peer('scheduler', facts !== null);
    if (facts && facts.status.waiting + facts.status.inFlight > 0) this.#arrivals.arrived(now);
    if (!facts?.pool) return this.#calls.forget();
    this.#calls.sample(
      now,
      facts.pool.keys.reduce((sum, { calls }) => sum + calls, 0),
    );
  }

  flink(facts: FlinkFacts | null): void {
    this.#flink = facts;
    if (facts && facts.tasks !== null) this.#tasks.sample(this.#options.now(), facts.tasks);
    else this.#tasks.forget();
    this.#peer('flink', facts !== null);
  }

  /** Uncommitted records of each consumer group that could be read; `null`: Kafka does not answer. */
  lags(records: ReadonlyMap<string, number> | null): void {
    this.#lags.clear();
    for (const [consumerGroup, count] of records ?? []) this.#lags.set(consumerGroup, count);
    if (records === null) this.#peer('kafka', false);
    else if (this.#results.begun) this.#peer('kafka', true);
  }

  storage(answers: boolean): void {
    this.#peer('storage', answers);
  }

  /** The alerts role's list; `null`: it does not answer. */
  alerts(alerts: readonly AlertView[] | null): void {
    this.#peer('alerts', alerts !== null);
    if (alerts) this.#alerts.replace(alerts);
  }

  alert(alert: AlertView): void {
    this.#alerts.put(alert);
  }

  start(view: StartView | null): void {
    this.#start = view;
  }

  sections(): Sections {
    const now = this.#options.now();
    const { site, checkpointSeconds } = this.#options;
    this.#keyHistory.prune(now);
    const kafka = this.peers.ok('kafka');
    const starting = this.#starting(now);
    const cameras = this.#cameraViews();
    const wall = this.#cameraCounts();
    const arrivingSince = this.#arrivals.since(now);
    const lastSuccessAt = this.#results.lastSuccessAt;
    const resultsPerSecond = kafka ? this.#results.perSecond(now) : null;
    const failedPerSecond = kafka ? this.#results.failedPerSecond(now) : null;
    const keysAvailable = this.#pool?.keys.filter(({ state }) => state === 'available').length ?? null;
    const provider = this.#scheduler?.provider ?? null;
    const providerAnswer = provider?.state === 'failing' ? provider.answer : null;
    const peers = this.#peerStates();
    // Tasks in the topic wait for the scheduler just as those in its own line do.
    const waiting = (this.#scheduler?.waiting ?? 0) + (this.#lags.get('riskwatch-scheduler') ?? 0);
    const endToEnd = this.#results.endToEnd(now);
    const within = this.#results.within(now);

    const pipeline = stations({
      starting,
      peers,
      cameras: wall,
      detectionsPerSecond: kafka ? this.#detections.perSecond(now) : null,
      resultsPerSecond,
      failedPerSecond,
      detectionsLag: this.#lags.get('riskwatch-flink') ?? null,
      checkpointSeconds,
      flink: this.#flink,
      tasksPerSecond: this.#tasks.perSecond(now),
      scheduler: this.#scheduler && { ...this.#scheduler, waiting },
      callsPerSecond: this.#calls.perSecond(),
      keysAvailable: this.#pool && this.#pool.keys.length > 0 ? keysAvailable : null,
      succeededLately: succeededLately({ lastSuccessAt, now }),
      readers: [
        { peer: 'storage', records: this.#lags.get('riskwatch-storage') ?? null },
        { peer: 'alerts', records: this.#lags.get('riskwatch-alerts') ?? null },
      ],
    });
    return {
      site,
      start: starting ? this.#start : null,
      overall: overall({
        now,
        starting,
        startedAt: this.#start?.startedAt ?? this.#bootedAt,
        stations: pipeline,
        peers,
        cameras: wall,
        keys: this.#pool && {
          available: keysAvailable ?? 0,
          total: this.#pool.keys.length,
          nextAt: nextKeyAt(this.#pool),
        },
        provider,
        flinkJob: this.#flink?.job ?? null,
        lastSuccessAt,
        arrivingSince,
        endToEnd,
        within,
        failedShare: this.#results.failedShare(now),
      }),
      vitals: {
        cameras: wall && { live: wall.live, total: wall.total, stale: wall.stale, offline: wall.offline },
        assessments:
          resultsPerSecond === null || (starting && lastSuccessAt === null)
            ? null
            : {
                perSecond: resultsPerSecond,
                failedPerSecond: failedPerSecond ?? 0,
                shed: this.#results.shed(now),
              },
        waiting: this.#scheduler && waiting,
        endToEnd: kafka ? endToEnd : null,
        lastSuccessAt,
      },
      cameras,
      order: this.#order.update(cameras, now),
      alerts: this.#alerts.all,
      alertsAway: !this.peers.ok('alerts'),
      pipeline,
      keys:
        this.#pool &&
        keysView(this.#pool, this.#results.begun ? this.#keyHistory : null, providerAnswer, now),
      latency: this.#results.latency(now),
      failures: this.#results.failures(now),
    };
  }

  #starting(now: number): boolean {
    if (this.#judgedLive) return false;
    const unfinished = this.#start?.steps.some(({ state }) => state !== 'done') ?? false;
    return unfinished || now - this.#bootedAt < START_GRACE_MS;
  }

  #cameraViews() {
    const reports = new Map((this.#reports ?? []).map((report) => [report.id, report]));
    const known = this.#options.cameras;
    const ids = new Set(known.map(({ id }) => id));
    const extra = (this.#reports ?? []).filter(({ id }) => !ids.has(id));
    return [...known, ...extra].map(({ id, name }, i) => {
      const report = reports.get(id) ?? null;
      return cameraView({
        id,
        number: i + 1,
        name: report?.name ?? name,
        sampleSeconds: report?.sampleSeconds ?? this.#options.sampleSeconds,
        report,
        verdict: this.#verdicts.of(id),
      });
    });
  }

  #cameraCounts() {
    if (!this.#reports) return null;
    const count = (state: CameraReport['state']) =>
      this.#reports?.filter((report) => report.state === state).length ?? 0;
    return {
      live: count('live'),
      stale: count('stale'),
      offline: count('offline'),
      total: Math.max(this.#options.cameras.length, this.#reports.length),
      framesPerSecond: this.#reports.reduce((sum, { framesPerSecond }) => sum + framesPerSecond, 0),
    };
  }

  #peerStates() {
    const state = (peer: Peer) => ({ state: this.peers.state(peer), awaySince: this.peers.awaySince(peer) });
    return {
      camera: state('camera'),
      scheduler: state('scheduler'),
      storage: state('storage'),
      alerts: state('alerts'),
      flink: state('flink'),
      kafka: state('kafka'),
    };
  }

  #peer(peer: Peer, answers: boolean): void {
    this.peers.set(peer, answers ? 'ok' : 'away', this.#options.now());
  }
}
