import { describe, expect, test } from 'vitest';
import type { Person } from '../src/boxes/box.js';
import { createDetector, ModelDetector } from '../src/detector.js';
import type { Inference, InferenceRunner } from '../src/model/inference-process.js';
import { grey, personAt } from './support/frames.js';
import { modelSpec } from './support/model-spec.js';

/** A model that answers when the test says so. */
class HeldRunner implements InferenceRunner {
  readonly runs: { level: number; answer: (people?: Person[]) => void; fail: (error: Error) => void }[] = [];
  closed = false;

  start = () => Promise.resolve();
  close = () => Promise.resolve(void (this.closed = true));

  run(pixels: Uint8Array): Promise<Inference> {
    return new Promise((resolve, reject) => {
      const level = pixels[Math.floor(pixels.length / 2)]!;
      this.runs.push({ level, answer: (people = []) => resolve({ people, ms: 5 }), fail: reject });
    });
  }
}

const settled = () => new Promise<void>((done) => setImmediate(done));

describe('ModelDetector', () => {
  test('boxes come back in pixels of the picture, inside it', async () => {
    const runner = new HeldRunner();
    const detector = new ModelDetector(modelSpec(), [runner]);
    // 128 x 64 into 64 x 64: half the size, 16 rows of padding above and below.
    const asked = detector.detect(grey(128, 64));
    await settled();
    runner.runs[0]!.answer([personAt(10, 20, 8, 16), personAt(60, 30, 20, 8), personAt(5, 2, 10, 10)]);
    const { people, inferenceMs } = await asked;
    expect(people.map((person) => person.box)).toEqual([
      { x: 20, y: 8, width: 16, height: 32 },
      { x: 120, y: 28, width: 8, height: 16 },
    ]);
    expect(inferenceMs).toBe(5);
  });

  test('one picture at a time a runner, the others in their order', async () => {
    const runner = new HeldRunner();
    const detector = new ModelDetector(modelSpec(), [runner]);
    const asked = [10, 20, 30].map((level) => detector.detect(grey(64, 64, level)));
    for (let turn = 0; turn < 3; turn += 1) {
      await settled();
      expect(runner.runs).toHaveLength(turn + 1);
      runner.runs[turn]!.answer();
    }
    await Promise.all(asked);
    expect(runner.runs.map((run) => run.level)).toEqual([10, 20, 30]);
  });

  test('a failure frees the runner for the next picture', async () => {
    const runner = new HeldRunner();
    const detector = new ModelDetector(modelSpec(), [runner]);
    const first = detector.detect(grey(64, 64));
    const second = detector.detect(grey(64, 64));
    await settled();
    runner.runs[0]!.fail(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await settled();
    runner.runs[1]!.answer();
    expect((await second).people).toEqual([]);
  });

  test('who gives up waiting does not take the turn along', async () => {
    const runner = new HeldRunner();
    const detector = new ModelDetector(modelSpec(), [runner]);
    const stop = new AbortController();
    const first = detector.detect(grey(64, 64, 1));
    const gaveUp = detector.detect(grey(64, 64, 2), { signal: stop.signal });
    const third = detector.detect(grey(64, 64, 3));
    stop.abort(new Error('too slow'));
    await expect(gaveUp).rejects.toThrow('too slow');
    runner.runs[0]!.answer();
    await settled();
    runner.runs[1]!.answer();
    await Promise.all([first, third]);
    expect(runner.runs.map((run) => run.level)).toEqual([1, 3]);
  });

  test('closing refuses those who wait and those who come', async () => {
    const runner = new HeldRunner();
    const detector = new ModelDetector(modelSpec(), [runner]);
    void detector.detect(grey(64, 64));
    const waiting = detector.detect(grey(64, 64));
    await detector.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(detector.detect(grey(64, 64))).rejects.toMatchObject({ code: 'closed' });
    expect(runner.closed).toBe(true);
  });

  test.each([
    ['too few bytes', { width: 10, height: 10, data: new Uint8Array(10) }],
    ['half a pixel', { width: 0.5, height: 10, data: new Uint8Array(15) }],
    ['more than 25 million pixels', { width: 100_000, height: 1_000, data: new Uint8Array(0) }],
  ])('a frame with %s is refused', async (_what, picture) => {
    const detector = new ModelDetector(modelSpec(), [new HeldRunner()]);
    await expect(detector.detect(picture)).rejects.toMatchObject({ code: 'frame_invalid' });
  });
});

test.each([{ processes: 0 }, { processes: 1.5 }])('createDetector refuses %o', async (options) => {
  await expect(createDetector({ model: modelSpec(), ...options })).rejects.toMatchObject({
    code: 'invalid_options',
  });
});
