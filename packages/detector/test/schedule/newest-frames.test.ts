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
});
