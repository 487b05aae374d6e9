import { describe, expect, it } from 'vitest';
import { cameraView, type CameraReport } from '../../../../roles/dashboard/live/camera-view.js';
import type { CameraView, Level } from '../../../../roles/dashboard/live/live-state.js';
import { WallOrder } from '../../../../roles/dashboard/live/wall-order.js';

const NOW = 1_800_000_000_000;

const report = (id: string, changes: Partial<CameraReport> = {}): CameraReport => ({
  id,
  name: id.toUpperCase(),
  state: 'live',
  since: NOW - 60_000,
  reason: null,
  sampleSeconds: 2,
  framesPerSecond: 0.5,
  frame: { sequence: 7, at: NOW - 500, width: 640, height: 360, people: [], groups: [] },
  ...changes,
});

const group = { box: { x: 1, y: 1, width: 10, height: 20 }, peopleCount: 1 };

const view = (number: number, level: Level | null, changes: Partial<CameraView> = {}): CameraView => ({
  ...cameraView({
    id: `c${number}`,
    number,
    name: `C${number}`,
    sampleSeconds: 2,
    report: report(`c${number}`),
    verdict: level && { level, says: '', publishedAt: NOW, capturedAt: NOW },
  }),
  nobody: false,
  ...changes,
});

describe('cameraView', () => {
  const verdict = {
    level: 'high' as const,
    says: 'words',
    publishedAt: NOW - 3_000,
    capturedAt: NOW - 4_500,
  };
  const facts = { id: 'a', number: 1, name: 'A', sampleSeconds: 2 };

  it('is current for 10 s and its sample period after the capture', () => {
    expect(cameraView({ ...facts, report: report('a'), verdict }).freshUntil).toBe(NOW - 4_500 + 12_000);
  });

  it('is unknown, not offline and not live, while the camera role is away', () => {
    const away = cameraView({ ...facts, report: null, verdict: null });
    expect(away).toMatchObject({ state: 'unknown', frame: null, level: null, freshUntil: null });
  });

  it('says that nobody is in view when the newest picture is empty and younger than the judgement', () => {
    expect(cameraView({ ...facts, report: report('a'), verdict }).nobody).toBe(true);
    const busy = report('a', {
      frame: { sequence: 8, at: NOW, width: 6, height: 4, people: [], groups: [group] },
    });
    expect(cameraView({ ...facts, report: busy, verdict }).nobody).toBe(false);
    expect(cameraView({ ...facts, report: report('a', { state: 'stale' }), verdict }).nobody).toBe(false);
  });
});

describe('WallOrder', () => {
  it('puts the worst level first, then the cameras that are not seen, then the rest by number', () => {
    const cameras = [
      view(1, 'none'),
      view(2, null),
      view(3, 'low'),
      view(4, 'none', { state: 'offline' }),
      view(5, 'critical'),
      view(6, 'medium'),
      view(7, 'high', { state: 'stale' }),
    ];
    expect(new WallOrder().update(cameras, NOW)).toEqual(['c5', 'c6', 'c3', 'c4', 'c7', 'c1', 'c2']);
  });

  it('raises a tile at once and lets it sink only after ten seconds', () => {
    const order = new WallOrder();
    order.update([view(1, 'low'), view(2, 'none')], NOW);
    expect(order.update([view(1, 'low'), view(2, 'high')], NOW + 1_000)).toEqual(['c2', 'c1']);
    expect(order.update([view(1, 'low'), view(2, 'none')], NOW + 2_000)).toEqual(['c2', 'c1']);
    expect(order.update([view(1, 'low'), view(2, 'none')], NOW + 11_900)).toEqual(['c2', 'c1']);
    expect(order.update([view(1, 'low'), view(2, 'none')], NOW + 12_000)).toEqual(['c1', 'c2']);
  });

  it('counts the ten seconds anew when the level comes back in between', () => {
    const order = new WallOrder();
    order.update([view(1, 'low'), view(2, 'high')], NOW);
    order.update([view(1, 'low'), view(2, 'none')], NOW + 1_000);
    order.update([view(1, 'low'), view(2, 'high')], NOW + 9_000);
    order.update([view(1, 'low'), view(2, 'none')], NOW + 10_000);
    expect(order.update([view(1, 'low'), view(2, 'none')], NOW + 15_000)).toEqual(['c2', 'c1']);
  });

  it('keeps a camera at its last level’s place while nothing newer is known', () => {
    const order = new WallOrder();
    const cameras = [view(1, 'none'), view(2, 'high', { freshUntil: NOW - 60_000 })];
    expect(order.update(cameras, NOW)).toEqual(['c2', 'c1']);
    expect(order.update(cameras, NOW + 60_000)).toEqual(['c2', 'c1']);
  });

  it('lets an old level sink when nobody is in view any more', () => {
    const empty = [view(1, 'low'), view(2, 'high', { freshUntil: NOW - 1, nobody: true })];
    const order = new WallOrder();
    order.update([view(1, 'low'), view(2, 'high')], NOW - 20_000);
    order.update(empty, NOW);
    expect(order.update(empty, NOW + 10_000)).toEqual(['c1', 'c2']);
  });
});
