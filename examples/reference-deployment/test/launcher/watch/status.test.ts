import { describe, expect, it } from 'vitest';
import { Activity } from '../../../launcher/watch/activity.js';
import { statusLine } from '../../../launcher/watch/status-line.js';

describe('the status line', () => {
  it('says how much of what the cameras see is judged, how quickly, and what waits', () => {
    expect(
      statusLine({
        cameras: { live: 12, total: 12 },
        detectionsPerSecond: 18.24,
        assessmentsPerSecond: 17.9,
        p95Ms: 1_423,
        waiting: 3,
        lag: 0,
        unhealthy: [],
      }),
    ).toBe('12 cameras · 18.2 detections/s · 17.9 assessments/s · p95 1.42 s · waiting 3 · lag 0');
  });

  it('begins with what is wrong, and never shows what is not known as 0', () => {
    expect(
      statusLine({
        cameras: { live: 3, total: 4 },
        detectionsPerSecond: 0,
        assessmentsPerSecond: 0,
        unhealthy: [{ id: 'storage', reason: 'does not answer' }],
      }),
    ).toBe(
      '✖ storage: does not answer · 3/4 cameras · 0.0 detections/s · 0.0 assessments/s · p95 – · waiting – · lag –',
    );
  });
});

describe('activity', () => {
  it('is what came in the last ten seconds', () => {
    const activity = new Activity();
    for (let at = 0; at < 30_000; at += 500) activity.add({ kind: 'detections' }, at);
    for (let at = 0; at < 30_000; at += 1_000)
      activity.add({ kind: 'results', succeeded: true, latencyMs: 5 }, at);
    expect(activity.detectionsPerSecond(30_000)).toBe(2);
    expect(activity.assessmentsPerSecond(30_000)).toBe(1);
    expect(activity.detectionsPerSecond(60_000)).toBe(0);
  });

  it('has the p95 of the succeeded of the last minute', () => {
    const activity = new Activity();
    expect(activity.p95Ms(0)).toBeUndefined();
    activity.add({ kind: 'results', succeeded: true, latencyMs: 99_999 }, 0);
    for (let i = 1; i <= 100; i += 1)
      activity.add({ kind: 'results', succeeded: true, latencyMs: i }, 61_000);
    activity.add({ kind: 'results', succeeded: false, latencyMs: 88_888 }, 61_000);
    expect(activity.p95Ms(61_000)).toBe(95);
  });
});
