import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureFfmpeg, ensureFootage, ensureModel } from '@riskwatch/demo-assets';
import {
  createDetector,
  intersectionOverUnion,
  readModelSpec,
  videoFile,
  type Box,
  type Detector,
  type Frame,
  type ModelSpec,
} from '@riskwatch/detector';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LeapingClock } from './support/clocks.js';
import { grey } from './support/frames.js';

interface Reference {
  frames: Record<string, [x: number, y: number, width: number, height: number, score: number][]>;
}

let model: ModelSpec;
let detector: Detector;
let clip: string;
let ffmpeg: string;
let folder: string;

beforeAll(async () => {
  const [asset, footage, program] = [await ensureModel(), await ensureFootage(), await ensureFfmpeg()];
  [clip, ffmpeg] = [footage.file, program.path];
  model = await readModelSpec(asset.specFile, { file: asset.file });
  detector = await createDetector({ model });
  folder = await mkdtemp(join(tmpdir(), 'riskwatch-detector-'));
});
afterAll(async () => {
  await detector?.close();
  await rm(folder, { recursive: true, force: true });
});

const boxOf = ([x, y, width, height]: number[]): Box => ({ x: x!, y: y!, width: width!, height: height! });
const near = (box: Box) => (other: Box) => intersectionOverUnion(box, other) >= 0.7;

describe('the demo’s model on the demo’s clip', () => {
  test('finds the people that an independent pipeline finds, and hardly anyone else', async () => {
    const path = new URL('./reference/vtest-boxes.json', import.meta.url);
    const reference = JSON.parse(await readFile(path, 'utf8')) as Reference;
    // The clip has 10 frames a second, so one frame each 8 s is every 80th.
    const frames: Frame[] = [];
    const source = videoFile(clip, { ffmpeg, sampleMs: 8_000, loop: false, clock: new LeapingClock() });
    for await (const frame of source) frames.push(frame);
    expect(frames).toHaveLength(10);

    let [expected, matched, found, extra, largestDifference] = [0, 0, 0, 0, 0];
    for (const [index, frame] of frames.entries()) {
      const { people } = await detector.detect(frame);
      const theirs = reference.frames[String(index * 80)]!;
      for (const box of theirs.filter((each) => each[4] > 0.4)) {
        expected += 1;
        const same = people.find((person) => near(boxOf(box))(person.box));
        if (!same) continue;
        matched += 1;
        largestDifference = Math.max(largestDifference, Math.abs(same.confidence - box[4]));
      }
      for (const { box } of people.filter((person) => person.confidence > 0.4)) {
        found += 1;
        if (!theirs.some((each) => near(box)(boxOf(each)))) extra += 1;
      }
    }
    expect(expected).toBeGreaterThan(50);
    expect(matched / expected).toBeGreaterThanOrEqual(0.95);
    expect(extra / found).toBeLessThanOrEqual(0.05);
    // Boxes alone would pass with swapped colours (scores then differ by 0.24) or half the scaling (0.17).
    expect(largestDifference).toBeLessThan(0.05);
  });
});

describe('a model that is not what its spec says', () => {
  const refusal = (change: Partial<ModelSpec>) =>
    expect(createDetector({ model: { ...model, ...change } })).rejects;

  test.each([
    ['another number of classes', { classes: ['person', 'dog'] }, /\[1, 84, 8400\].*yolov8 with 2 classes/],
    ['another layout', { output: { name: 'output0', layout: 'yolov5' as const } }, /\[1, 84, 8400\].*yolov5/],
    ['another output', { output: { name: 'boxes', layout: 'yolov8' as const } }, /no output boxes.*output0/],
  ])('%s', async (_what, change, message) => {
    await refusal(change).toMatchObject({
      code: 'model_invalid',
      message: expect.stringMatching(message) as string,
    });
  });

  test('another input size', async () => {
    await refusal({ input: { ...model.input, width: 320 } }).toMatchObject({ code: 'model_invalid' });
  });

  test('a file that is no model', async () => {
    const file = join(folder, 'broken.onnx');
    await writeFile(file, 'no model');
    await refusal({ file }).toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining('broken.onnx') as string,
    });
  });
});

test('inference leaves the event loop free', async () => {
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 1);
  await detector.detect(grey(640, 480));
  clearInterval(counting);
  // An inference on this thread would leave no turn at all between question and answer.
  expect(turns).toBeGreaterThan(5);
});

test('an inference process that is killed is replaced, and the program ends by itself', async () => {
  const program = join(folder, 'program.mjs');
  const packageUrl = import.meta.resolve('@riskwatch/detector');
  await writeFile(
    program,
    `import { subscribe } from 'node:diagnostics_channel';
     import { createDetector } from ${JSON.stringify(packageUrl)};
     const children = [];
     subscribe('child_process', ({ process: child }) => children.push(child));
     const detector = await createDetector({ model: ${JSON.stringify(model)} });
     const picture = { width: 64, height: 48, data: new Uint8Array(64 * 48 * 3) };
     const running = detector.detect(picture).then(() => 'answered', (error) => error.code);
     children[0].kill('SIGKILL');
     console.log(await running);
     console.log((await detector.detect(picture)).people.length);
     await detector.close();
     console.log(children.map((child) => child.signalCode).join());`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 30_000 });
  expect(stdout.trim().split('\n')).toEqual(['inference_failed', '0', 'SIGKILL,SIGKILL']);
});
