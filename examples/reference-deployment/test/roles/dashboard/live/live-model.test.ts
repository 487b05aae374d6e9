import { beforeEach, describe, expect, it } from 'vitest';
import type { CameraReport } from '../../../../roles/dashboard/live/camera-view.js';
import type { PoolReport } from '../../../../roles/dashboard/live/keys-view.js';
import { LiveModel, type LiveResult } from '../../../../roles/dashboard/live/live-model.js';
import type { Level, StartView } from '../../../../roles/dashboard/live/live-state.js';

let now: number;
let model: LiveModel;
let ids: number;

beforeEach(() => {
  now = 1_800_000_000_000;
  ids = 0;
  model = new LiveModel({
    site: 'Test site',
    cameras: [
      { id: 'a', name: 'Gate A' },
      { id: 'b', name: 'Gate B' },
    ],
    sampleSeconds: 2,
    checkpointSeconds: 5,
    now: () => now,
  });
});

const result = (changes: Partial<LiveResult> & { level?: Level } = {}): LiveResult => ({
  requestId: `r${(ids += 1)}`,
  cameraId: 'a',
  detectionId: `d${ids}`,
  capturedAt: now - 1_500,
  publishedAt: now,
  calls: [{ keyId: 'key-1', startedAt: now - 1_000 }],
  ...(changes.errorCode ? {} : { level: 'low', description: 'words' }),
  ...changes,
});

const report = (id: string): CameraReport => ({
  id,
  name: `Camera ${id}`,
  state: 'live',
  since: now,
  reason: null,
  sampleSeconds: 2,
  framesPerSecond: 0.5,
  frame: null,
});

const status = {
  waiting: 3,
  inFlight: 2,
  oldestWaitMs: 40,
  maxWaiting: 2_000,
  provider: { state: 'ok' as const },
};

const pool = (calls: number): PoolReport => ({
  strategy: 'least-loaded',
  quotaGroups: [{ id: 'g', state: 'ready', since: null, until: null, reason: null, limits: [] }],
  keys: ['key-1', 'key-2'].map((id) => ({
    id,
    quotaGroup: 'g',
    state: 'available' as const,
    reason: null,
    since: null,
    until: null,
    inFlight: 1,
    calls,
  })),
});

/** Everybody answers, and one verdict has come. */
function run() {
  model.reading();
  model.cameras([report('a'), report('b')]);
  model.scheduler({ status, pool: pool(0) });
  model.flink({ job: 'RUNNING', tasks: 1, inFlight: 2, pendingRecords: 0, savedAt: now });
  model.lags(new Map([['riskwatch-storage', 2]]));
  model.storage(true);
  model.alerts([]);
  model.result(result());
}

const runningStep: StartView = {
  startedAt: 1,
  steps: [
    {
      id: 'kafka',
      title: { en: 'Kafka', zh: 'Kafka' },
      state: 'running',
      detail: null,
      startedAt: 1,
      finishedAt: null,
    },
  ],
};

describe('LiveModel', () => {
  it('knows nothing at first, and says so: no zero, nothing "ok"', () => {
    const { overall, vitals, alerts, keys, latency, failures, pipeline, cameras } = model.sections();
    expect(overall.state).toBe('starting');
    expect(vitals).toEqual({
      cameras: null,
      assessments: null,
      waiting: null,
      endToEnd: null,
      lastSuccessAt: null,
    });
    expect([alerts, keys, latency, failures]).toEqual([null, null, null, null]);
    expect(pipeline.map(({ perSecond }) => perSecond)).toEqual([null, null, null, null, null]);
    expect(pipeline.some(({ health }) => health === 'well')).toBe(false);
    expect(cameras.map(({ id, name, state }) => [id, name, state])).toEqual([
      ['a', 'Gate A', 'unknown'],
      ['b', 'Gate B', 'unknown'],
    ]);
  });

  it('works once everybody answers and a verdict has come', () => {
    run();
    now += 1_000;
    const { overall, vitals, cameras, pipeline } = model.sections();
    expect(overall).toMatchObject({ state: 'working', within: 1, attention: { cameras: 0, keys: 0 } });
    expect(vitals).toMatchObject({
      cameras: { live: 2, total: 2 },
      assessments: { perSecond: 1, failedPerSecond: 0 },
      waiting: 3,
      endToEnd: { p50: 1_500 },
    });
    expect(cameras[0]).toMatchObject({ name: 'Camera a', level: 'low', says: 'words' });
    expect(pipeline.map(({ health }) => health)).toEqual(['well', 'well', 'well', 'well', 'well']);
  });

  it('shows the start until the steps are done or a live verdict comes; history is no live verdict', () => {
    model.start(runningStep);
    now += 600_000;
    model.result(result({ publishedAt: now - 650_000 }));
    expect(model.sections()).toMatchObject({ start: runningStep, overall: { state: 'starting', since: 1 } });
    model.result(result());
    expect(model.sections().start).toBeNull();
    expect(model.sections().overall.state).not.toBe('starting');
  });

  it('forgets the numbers of a peer that goes away', () => {
    run();
    model.scheduler(null);
    model.cameras(null);
    model.lags(null);
    now += 2_000;
    const { vitals, keys, cameras, pipeline, overall } = model.sections();
    expect(keys).toBeNull();
    expect(vitals).toMatchObject({ cameras: null, assessments: null, waiting: null, endToEnd: null });
    expect(cameras.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    expect(pipeline.map(({ health }) => health)).toEqual(['away', 'away', 'well', 'away', 'away']);
    expect(overall).toMatchObject({ state: 'limited', causes: [{ code: 'away', peer: 'kafka' }, {}, {}] });
  });

  it('takes Kafka for reached only once the results are really read', () => {
    model.lags(new Map());
    expect(model.peers.state('kafka')).toBe('unknown');
    model.reading();
    expect(model.peers.state('kafka')).toBe('ok');
  });

  it('keeps the alerts it knows while their role is away, and says that they may be old', () => {
    run();
    model.alerts(null);
    expect(model.sections()).toMatchObject({ alerts: [], alertsAway: true });
  });

  it('tells of each key what the results say: calls, share, refusals', () => {
    run();
    model.result(
      result({
        calls: [
          { keyId: 'key-2', startedAt: now - 900, refused: '429' },
          { keyId: 'key-1', startedAt: now - 600 },
        ],
      }),
    );
    now += 6_000;
    const [one, two] = model.sections().keys?.quotaGroups[0]?.keys ?? [];
    expect(one).toMatchObject({ calls: 2, share: 2 / 3, refused: null });
    expect(two).toMatchObject({ calls: 1, refused: { count: 1, answer: '429' } });
  });

  it('measures the calls per second from the pool’s own counters', () => {
    run();
    now += 2_000;
    model.scheduler({ status, pool: pool(5) });
    expect(model.sections().pipeline[3]?.perSecond).toBe(5);
  });

  it('does not let a repeat change the verdict', () => {
    run();
    const first = result({ level: 'none' });
    model.result(first);
    model.result({ ...first, level: 'critical' });
    expect(model.sections().cameras[0]?.level).not.toBe('critical');
  });
});
