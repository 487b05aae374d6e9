import { describe, expect, it } from 'vitest';
import { stations, type StationFacts } from '../../../../roles/dashboard/live/stations.js';

const ok = { state: 'ok' as const, awaySince: null };
const away = { state: 'away' as const, awaySince: 5 };

const healthy: StationFacts = {
  starting: false,
  peers: { camera: ok, scheduler: ok, storage: ok, alerts: ok, flink: ok, kafka: ok },
  cameras: { live: 47, total: 50, framesPerSecond: 23.5 },
  detectionsPerSecond: 4,
  resultsPerSecond: 4,
  failedPerSecond: 0,
  detectionsLag: 18,
  checkpointSeconds: 5,
  tasksPerSecond: 4,
  flink: { job: 'RUNNING', tasks: 40, inFlight: 6, pendingRecords: 1, savedAt: 1 },
  scheduler: { waiting: 0, inFlight: 5, oldestWaitMs: 0, maxWaiting: 2_000, provider: { state: 'ok' } },
  callsPerSecond: 4.2,
  keysAvailable: 5,
  succeededLately: true,
  readers: [
    { peer: 'storage', records: 3 },
    { peer: 'alerts', records: 1 },
  ],
};
const failing = { state: 'failing' as const, since: 1, answer: '503', nextTryAt: 9 };

const health = (facts: StationFacts) => stations(facts).map((station) => station.health);
const cause = (facts: StationFacts) => stations(facts).find((station) => station.cause)?.id;
const at = (facts: StationFacts, id: string) => stations(facts).find((station) => station.id === id);

describe('stations', () => {
  it('are all well, with no cause, when nothing is wrong', () => {
    expect(health(healthy)).toEqual(['well', 'well', 'well', 'well', 'well']);
    expect(cause(healthy)).toBeUndefined();
    expect(at(healthy, 'detections')?.note).toEqual({ code: 'lag', records: 1, seconds: 0.25 });
    expect(at(healthy, 'results')?.note).toEqual({
      code: 'slowest',
      records: 3,
      reader: 'storage',
      failuresOnly: false,
    });
  });

  it('does not take what one checkpoint interval brings for lag', () => {
    const facts = { ...healthy, flink: healthy.flink && { ...healthy.flink, pendingRecords: null } };
    expect(at({ ...facts, detectionsLag: 20 }, 'detections')?.note).toMatchObject({ records: 0 });
    expect(at({ ...facts, detectionsLag: 44 }, 'detections')).toMatchObject({
      health: 'behind',
      note: { records: 24 },
    });
  });

  it('blames the scheduler when the provider fails, and shows those before it as held up', () => {
    const facts: StationFacts = {
      ...healthy,
      scheduler: healthy.scheduler && { ...healthy.scheduler, provider: failing },
      callsPerSecond: 0,
      flink: healthy.flink && { ...healthy.flink, pendingRecords: 24 },
      failedPerSecond: 4,
    };
    expect(health(facts)).toEqual(['well', 'behind', 'held-back', 'down', 'well']);
    expect(cause(facts)).toBe('scheduler');
    expect(at(facts, 'scheduler')?.note).toEqual({ code: 'provider', answer: '503' });
    expect(at(facts, 'results')?.note).toMatchObject({ failuresOnly: true });
  });

  it('blames Flink when detections wait although the scheduler is well', () => {
    const facts = { ...healthy, flink: healthy.flink && { ...healthy.flink, pendingRecords: 40 } };
    expect(health(facts)).toEqual(['well', 'behind', 'behind', 'well', 'well']);
    expect(cause(facts)).toBe('flink');
  });

  it('knows nothing of a station whose process does not answer: no number, no "ok"', () => {
    for (const [peer, id, gone] of [
      ['camera', 'cameras', { cameras: null }],
      ['flink', 'flink', { flink: null }],
      ['scheduler', 'scheduler', { scheduler: null }],
      ['kafka', 'detections', {}],
      ['kafka', 'results', {}],
    ] as const) {
      const facts = { ...healthy, ...gone, peers: { ...healthy.peers, [peer]: away } };
      expect(at(facts, id)).toMatchObject({
        health: 'away',
        perSecond: null,
        note: { code: 'away', since: 5 },
      });
    }
  });

  it('calls the same silence "waiting" or "starting" during a start', () => {
    const facts = {
      ...healthy,
      starting: true,
      cameras: null,
      flink: null,
      detectionsLag: 0,
      peers: { ...healthy.peers, camera: away, flink: away },
    };
    expect(health(facts).slice(0, 3)).toEqual(['waiting', 'well', 'starting']);
    expect(cause(facts)).toBeUndefined();
  });

  it('does not judge without any key, and is only behind while verdicts still come', () => {
    expect(at({ ...healthy, keysAvailable: 0 }, 'scheduler')?.health).toBe('behind');
    const facts = { ...healthy, keysAvailable: 0, succeededLately: false };
    expect(at(facts, 'scheduler')).toMatchObject({ health: 'down', note: { code: 'no-key' } });
  });

  it('sees readers of the results fall behind', () => {
    const facts = { ...healthy, readers: [{ peer: 'alerts' as const, records: 25 }] };
    expect(at(facts, 'results')).toMatchObject({ health: 'behind', note: { reader: 'alerts' } });
    expect(cause(facts)).toBe('results');
  });

  it('sees a job that does not run', () => {
    const facts = { ...healthy, flink: healthy.flink && { ...healthy.flink, job: 'RESTARTING' } };
    expect(at(facts, 'flink')).toMatchObject({
      health: 'down',
      perSecond: null,
      note: { job: 'RESTARTING' },
    });
  });
});
