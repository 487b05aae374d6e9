import { describe, expect, it } from 'vitest';
import { overall, type OverallFacts } from '../../../../roles/dashboard/live/overall.js';

const NOW = 1_800_000_000_000;
const ok = { state: 'ok' as const, awaySince: null };
const away = (since: number) => ({ state: 'away' as const, awaySince: since });

const healthy: OverallFacts = {
  now: NOW,
  starting: false,
  startedAt: NOW - 600_000,
  stations: [],
  peers: { camera: ok, scheduler: ok, storage: ok, alerts: ok, flink: ok, kafka: ok },
  cameras: { live: 47, total: 50 },
  keys: { available: 5, total: 8, nextAt: null },
  provider: { state: 'ok' },
  flinkJob: 'RUNNING',
  lastSuccessAt: NOW - 500,
  arrivingSince: NOW - 300_000,
  endToEnd: { p50: 1_000, p95: 1_800, p99: 2_400 },
  within: 0.98,
  failedShare: 0.01,
};

describe('overall', () => {
  it('keeps "working" with fewer cameras and keys, and names them', () => {
    expect(overall(healthy)).toEqual({
      state: 'working',
      since: null,
      causes: [],
      within: 0.98,
      attention: { cameras: 3, keys: 3 },
    });
  });

  it('does not judge when tasks arrive and nothing succeeded for 30 s', () => {
    const at = NOW - 30_001;
    expect(overall({ ...healthy, lastSuccessAt: NOW - 30_000 }).state).toBe('working');
    expect(overall({ ...healthy, lastSuccessAt: at })).toMatchObject({
      state: 'not-judging',
      since: at,
      causes: [{ code: 'silent', since: at }],
    });
  });

  it('is content with silence when nobody is in view', () => {
    expect(
      overall({ ...healthy, lastSuccessAt: NOW - 900_000, arrivingSince: null, within: null }).state,
    ).toBe('working');
  });

  it('counts silence from the first task when nothing has ever succeeded', () => {
    const facts = { ...healthy, lastSuccessAt: null };
    expect(overall({ ...facts, arrivingSince: NOW - 10_000 }).state).toBe('working');
    expect(overall({ ...facts, arrivingSince: NOW - 31_000 }).state).toBe('not-judging');
  });

  it('does not judge as soon as the provider fails, and says since when and when the next try is', () => {
    const provider = {
      state: 'failing' as const,
      since: NOW - 151_000,
      answer: '503',
      nextTryAt: NOW + 13_000,
    };
    expect(overall({ ...healthy, provider })).toMatchObject({
      state: 'not-judging',
      since: NOW - 151_000,
      causes: [{ code: 'provider', answer: '503', nextTryAt: NOW + 13_000 }],
    });
  });

  it.each(['kafka', 'scheduler', 'flink'] as const)('is limited, then not judging, without %s', (peer) => {
    const peers = { ...healthy.peers, [peer]: away(NOW - 8_000) };
    const cause = { code: 'away', peer, since: NOW - 8_000 };
    expect(overall({ ...healthy, peers })).toMatchObject({ state: 'limited', causes: [cause] });
    const later = { ...healthy, peers, lastSuccessAt: NOW - 40_000, arrivingSince: null };
    expect(overall(later)).toMatchObject({ state: 'not-judging', since: NOW - 8_000, causes: [cause] });
  });

  it.each(['camera', 'alerts', 'storage'] as const)('is limited without %s', (peer) => {
    expect(overall({ ...healthy, peers: { ...healthy.peers, [peer]: away(1) } })).toMatchObject({
      state: 'limited',
      causes: [{ code: 'away', peer }],
    });
  });

  it('is limited when no key is available, with the time of the first one back', () => {
    const keys = { available: 0, total: 8, nextAt: NOW + 5_000 };
    expect(overall({ ...healthy, keys })).toMatchObject({
      state: 'limited',
      causes: [{ code: 'no-key', until: NOW + 5_000 }],
    });
  });

  it('is limited when p95 is over the goal, and when many fail', () => {
    const endToEnd = { p50: 1_000, p95: 2_001, p99: 3_000 };
    expect(overall({ ...healthy, endToEnd })).toMatchObject({
      state: 'limited',
      causes: [{ code: 'late', p95Ms: 2_001 }],
    });
    expect(overall({ ...healthy, failedShare: 0.2 }).causes).toEqual([{ code: 'failing', share: 0.2 }]);
  });

  it('is limited when no camera gives a picture', () => {
    expect(overall({ ...healthy, cameras: { live: 0, total: 3 } }).causes).toEqual([{ code: 'no-camera' }]);
  });

  it('is starting for as long as the start lasts, whatever is still away', () => {
    const facts = {
      ...healthy,
      starting: true,
      peers: { ...healthy.peers, flink: away(1) },
      lastSuccessAt: null,
    };
    expect(overall(facts)).toMatchObject({ state: 'starting', since: healthy.startedAt, causes: [] });
  });
});
