import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Person } from '../src/boxes/box.js';
import type { DetectionEvent } from '../src/detection-event.js';
import type { Detector, DetectResult } from '../src/detector.js';
import { DetectorError } from '../src/errors.js';
import type { Frame, RgbImage } from '../src/frame.js';
import { Pipeline, watch, type WatchOptions } from '../src/pipeline.js';
import { loadSharp } from '../src/source/load-sharp.js';
import { LeapingClock } from './support/clocks.js';
import { frame, grey, personAt } from './support/frames.js';
import { PushSource } from './support/push-source.js';

type Answer = (people?: Person[] | Error) => void;

/** A detector that answers when the test says so, and remembers whom it looked at. */
class HeldDetector implements Detector {
  readonly model = { name: 'held', version: '1' };
  readonly looked: number[] = [];
  readonly #open: Answer[] = [];
  #asked: () => void = () => {};

  constructor(readonly concurrency = 1) {}

  detect(picture: RgbImage): Promise<DetectResult> {
    this.looked.push((picture as Frame).sequence);
    return new Promise((resolve, reject) => {
      this.#open.push((answer = []) =>
        answer instanceof Error ? reject(answer) : resolve({ people: answer, inferenceMs: 1 }),
      );
      this.#asked();
    });
  }

  /** Answers the oldest question, when there is one. */
  async answer(people?: Person[] | Error): Promise<void> {
    while (this.#open.length === 0) await new Promise<void>((done) => (this.#asked = done));
    this.#open.shift()?.(people);
  }

  close = () => Promise.resolve();
}

/** Everything that can happen without the outside world has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise<void>((done) => setImmediate(done));
}

// Loading a native module takes as long as it takes; afterwards a pipeline starts at once.
beforeAll(async () => void (await loadSharp()));

function start(cameras: Record<string, PushSource>, options: Partial<WatchOptions> & { detector: Detector }) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const list = Object.entries(cameras).map(([id, source]) => ({ id, source }));
  const pipeline = new Pipeline(list, { clock: new LeapingClock(), signal: stop.signal, ...options });
  const events: DetectionEvent[] = [];
  const ended = (async () => {
    for await (const event of pipeline) events.push(event);
  })();
  ended.catch(() => {});
  return { pipeline, events, ended, stop };
}

describe('Pipeline', () => {
  test('an event holds the people, who is together, and a picture of each group', async () => {
    const [camera, detector] = [new PushSource(), new HeldDetector()];
    const { events, ended } = start({ yard: camera }, { detector });
    camera.push(frame(7, grey(200, 100)));
    camera.end();
    const people = [personAt(10, 10, 10, 30), personAt(25, 10, 10, 30, 0.8), personAt(150, 40, 10, 30, 0.7)];
    await detector.answer(people);
    await ended;
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      cameraId: 'yard',
      frame: { sequence: 7, timestamp: 7_000 },
      people,
      model: { name: 'held', version: '1' },
      groups: [
        {
          box: { x: 10, y: 10, width: 25, height: 30 },
          people: people.slice(0, 2),
          image: { mediaType: 'image/jpeg' },
        },
        { box: { x: 150, y: 40, width: 10, height: 30 }, people: people.slice(2) },
      ],
    });
  });

  test('a fast camera does not starve a slow one; overtaken frames are counted', async () => {
    const [fast, slow, detector] = [new PushSource(), new PushSource(), new HeldDetector()];
    const { pipeline, ended } = start({ fast, slow }, { detector });
    fast.push(frame(100));
    await settled();
    fast.push(...[101, 102, 103, 104].map((sequence) => frame(sequence)));
    slow.push(frame(1));
    await settled();
    await detector.answer();
    fast.push(frame(105), frame(106));
    await settled();
    await detector.answer();
    fast.end();
    slow.end();
    await detector.answer();
    await ended;
    expect(detector.looked).toEqual([100, 1, 106]);
    expect(pipeline.counts('fast')).toEqual({ sampled: 7, inferred: 2, overtaken: 5, still: 0, failed: 0 });
    expect(pipeline.counts('slow')).toEqual({ sampled: 1, inferred: 1, overtaken: 0, still: 0, failed: 0 });
    expect(pipeline.counts('none')).toBeUndefined();
  });

  test('two inferences at once never work on one camera', async () => {
    const [a, b, detector] = [new PushSource(), new PushSource(), new HeldDetector(2)];
    const { events, ended } = start({ a, b }, { detector });
    a.push(frame(1));
    await settled();
    a.push(frame(2));
    await settled();
    expect(detector.looked).toEqual([1]);
    b.push(frame(50));
    await settled();
    expect(detector.looked).toEqual([1, 50]);
    a.end();
    b.end();
    for (let count = 0; count < 3; count += 1) await detector.answer();
    await ended;
    expect(events.filter((event) => event.cameraId === 'a').map((event) => event.frame.sequence)).toEqual([
      1, 2,
    ]);
  });

  test('events that nobody takes hold the model, and new frames are dropped', async () => {
    const [camera, detector] = [new PushSource(), new HeldDetector()];
    const pipeline = watch(camera, { detector, clock: new LeapingClock() });
    const events = pipeline[Symbol.asyncIterator]();
    const first = events.next();
    for (let sequence = 1; sequence <= 10; sequence += 1) {
      camera.push(frame(sequence));
      await settled();
      void detector.answer();
      await settled();
    }
    await first;
    // One taken, one in the queue, one whose lane waits for a place: the model looked at no more.
    expect(detector.looked).toEqual([1, 2, 3]);
    expect(pipeline.counts('camera')).toMatchObject({ sampled: 10, inferred: 3, overtaken: 6 });
    await events.return?.();
    expect(camera.left).toBe(true);
  });

  test('bad frames and failed inferences are reported and counted, and the rest goes on', async () => {
    const [camera, detector] = [new PushSource(), new HeldDetector()];
    const problems: string[] = [];
    const { pipeline, events, ended } = start(
      { yard: camera },
      { detector, onProblem: (problem, id) => problems.push(`${id} ${problem.code}`) },
    );
    camera.push({ ...frame(1), data: new Uint8Array(5) }, frame(2));
    await detector.answer(new Error('out of memory'));
    await settled();
    camera.push(frame(3));
    await detector.answer();
    camera.end();
    await ended;
    expect(problems).toEqual(['yard frame_invalid', 'yard inference_failed']);
    expect(events.map((event) => event.frame.sequence)).toEqual([3]);
    expect(pipeline.counts('yard')).toEqual({ sampled: 3, inferred: 1, overtaken: 0, still: 0, failed: 2 });
  });

  test('a source that fails ends its camera only', async () => {
    const [broken, good, detector] = [new PushSource(), new PushSource(), new HeldDetector()];
    const problems: string[] = [];
    const { events, ended } = start(
      { broken, good },
      { detector, onProblem: (problem, id) => problems.push(`${id}: ${problem.message}`) },
    );
    broken.end(new Error('cable pulled'));
    await settled();
    good.push(frame(1));
    await detector.answer();
    good.end();
    await ended;
    expect(problems).toEqual(['broken: broken: cable pulled']);
    expect(events).toHaveLength(1);
  });

  test('stop takes no more frames and finishes those in hand', async () => {
    const [a, b, detector] = [new PushSource(), new PushSource(), new HeldDetector()];
    const { pipeline, events, ended } = start({ a, b }, { detector });
    a.push(frame(1));
    b.push(frame(2));
    await settled();
    pipeline.stop();
    a.push(frame(3));
    await detector.answer();
    await detector.answer();
    await ended;
    expect(events.map((event) => event.frame.sequence)).toEqual([1, 2]);
    expect([a.left, b.left]).toEqual([true, true]);
  });

  test('an abort ends everything at once, even with a deaf source and a busy model', async () => {
    const detector = new HeldDetector();
    const deaf: AsyncIterable<Frame> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
    };
    const stop = new AbortController();
    const camera = new PushSource();
    const pipeline = new Pipeline(
      [
        { id: 'deaf', source: deaf },
        { id: 'busy', source: camera },
      ],
      { detector, signal: stop.signal },
    );
    const taken = pipeline[Symbol.asyncIterator]().next();
    camera.push(frame(1));
    await settled();
    stop.abort();
    expect(await taken).toEqual({ done: true, value: undefined });
  });

  test('the motion gate keeps still frames from the model', async () => {
    const [camera, detector] = [new PushSource(), new HeldDetector()];
    const seen: string[] = [];
    const { pipeline, ended } = start(
      { yard: camera },
      { detector, motionGate: true, onFrame: ({ sequence }, id) => seen.push(`${id} ${sequence}`) },
    );
    camera.push(frame(1), frame(2), frame(3));
    await detector.answer();
    camera.end();
    await ended;
    expect(pipeline.counts('yard')).toMatchObject({ sampled: 3, inferred: 1, still: 2 });
    expect(seen).toEqual(['yard 1', 'yard 2', 'yard 3']);
  });

  test('a closed detector ends the iteration with its error', async () => {
    const [camera, detector] = [new PushSource(), new HeldDetector()];
    const { ended } = start({ yard: camera }, { detector });
    camera.push(frame(1));
    await detector.answer(new DetectorError('closed', 'The detector is closed'));
    await expect(ended).rejects.toMatchObject({ code: 'closed' });
  });

  test('two cameras of one id, and a second iteration, are refused', () => {
    const detector = new HeldDetector();
    const cameras = [1, 2].map(() => ({ id: 'same', source: new PushSource() }));
    expect(() => new Pipeline(cameras, { detector })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
    const pipeline = watch(new PushSource(), { detector });
    pipeline[Symbol.asyncIterator]();
    expect(() => pipeline[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });

  test.each([{ cluster: { reach: -1 } }, { crop: { quality: 0 } }, { motionGate: { minCells: Number.NaN } }])(
    'refuses %j before the first frame',
    (options) => {
      expect(() => watch(new PushSource(), { detector: new HeldDetector(), ...options })).toThrow(
        expect.objectContaining({ code: 'invalid_options' }),
      );
    },
  );
});
