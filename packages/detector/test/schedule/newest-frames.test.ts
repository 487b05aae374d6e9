import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { NewestFrames } from '../../src/schedule/newest-frames.js';

describe('NewestFrames', () => {
  test('a newer frame takes the older one’s place and turn', () => {
    const frames = new NewestFrames<number>();
    frames.put('a', 1);
    frames.put('b', 2);
    expect(frames.put('a', 3)).toBe(1);
    expect(frames.take()).toEqual({ cameraId: 'a', frame: 3 });
    expect(frames.take()).toEqual({ cameraId: 'b', frame: 2 });
    expect(frames.take()).toBeUndefined();
  });

  test('a camera that is worked on does not come twice, and then comes after the others', () => {
    const frames = new NewestFrames<number>();
    frames.put('a', 1);
    frames.take();
    frames.put('a', 2);
    frames.put('b', 3);
    expect(frames.take()).toEqual({ cameraId: 'b', frame: 3 });
    expect(frames.take()).toBeUndefined();
    frames.free('a');
    expect(frames.take()).toEqual({ cameraId: 'a', frame: 2 });
    expect(frames.size).toBe(0);
  });

  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ put: fc.integer({ min: 0, max: 5 }) }) },
    { weight: 2, arbitrary: fc.constant('work' as const) },
  );

  test.prop([fc.array(step, { minLength: 20, maxLength: 300 })])(
    'no camera waits for more than the other cameras, and no frame is lost or seen twice',
    (steps) => {
      const frames = new NewestFrames<number>();
      const waitedFor = new Map<string, number>();
      let [given, overtaken, taken, newest] = [0, 0, 0, -1];
      const seen = new Map<string, number>();
      for (const each of steps) {
        if (each === 'work') {
          const next = frames.take();
          if (!next) continue;
          taken += 1;
          expect(next.frame).toBeGreaterThan(seen.get(next.cameraId) ?? -1);
          seen.set(next.cameraId, next.frame);
          waitedFor.delete(next.cameraId);
          for (const [camera, count] of waitedFor) {
            waitedFor.set(camera, count + 1);
            expect(count + 1).toBeLessThanOrEqual(5);
          }
          frames.free(next.cameraId);
        } else {
          const camera = `camera-${each.put}`;
          given += 1;
          if (frames.put(camera, (newest += 1)) !== undefined) overtaken += 1;
          if (!waitedFor.has(camera)) waitedFor.set(camera, 0);
        }
      }
      expect(overtaken + taken + frames.size).toBe(given);
    },
  );

  test('a frame that waited too long gives way to a fresher one, and its camera comes first the next time', () => {
    let now = 0;
    const gaveWay: string[] = [];
    const frames = new NewestFrames<number>({
      maxWaitMs: 100,
      now: () => now,
      onGivenWay: (camera) => gaveWay.push(camera),
    });
    for (const camera of ['a', 'b']) {
      frames.put(camera, 0);
      frames.take();
      frames.free(camera);
    }
    frames.put('a', 1);
    now = 101;
    frames.put('b', 2);
    expect(frames.take()).toEqual({ cameraId: 'b', frame: 2 });
    expect(gaveWay).toEqual(['a']);
    frames.free('b');
    frames.put('b', 3);
    frames.put('a', 4);
    expect(frames.take()).toEqual({ cameraId: 'a', frame: 4 });
  });

  test('where every frame is old the newest is taken: late is better than an idle model', () => {
    let now = 0;
    const frames = new NewestFrames<number>({ maxWaitMs: 100, now: () => now });
    frames.put('a', 1);
    now = 50;
    frames.put('b', 2);
    now = 1_000;
    expect(frames.take()).toEqual({ cameraId: 'b', frame: 2 });
  });

  test.prop([fc.integer({ min: 2, max: 24 }), fc.integer({ min: 20, max: 600 })])(
    'with more frames than the model can look at, each camera is looked at as often as the others, and freshly',
    (cameras, serviceMs) => {
      const periodMs = 2_000;
      let now = 0;
      const frames = new NewestFrames<number>({ maxWaitMs: 300, now: () => now });
      const served = new Array<number>(cameras).fill(0);
      const next = served.map((_, camera) => Math.floor((camera / cameras) * periodMs));
      const rounds = 60;
      while (now < rounds * periodMs) {
        // What came while the model was busy, in the order in which it came.
        for (;;) {
          const camera = next.indexOf(Math.min(...next));
          if (next[camera]! > now) break;
          const at = now;
          now = next[camera]!;
          frames.put(`${camera}`, now);
          now = at;
          next[camera]! += periodMs;
        }
        const taken = frames.take();
        if (!taken) {
          now = Math.min(...next);
          continue;
        }
        served[Number(taken.cameraId)]! += 1;
        if (serviceMs <= 300) expect(now - taken.frame).toBeLessThanOrEqual(300);
        now += serviceMs;
        frames.free(taken.cameraId);
      }
      const fair = Math.min(rounds, (rounds * periodMs) / serviceMs / cameras);
      expect(Math.min(...served)).toBeGreaterThan(fair * 0.5);
    },
  );
});
