import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureFfmpeg, ensureFootage } from '@riskwatch/demo-assets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DetectorError } from '../../src/errors.js';
import type { Frame } from '../../src/frame.js';
import { videoDuration } from '../../src/source/ffmpeg.js';
import { videoFile, type VideoFileOptions } from '../../src/source/video-file.js';
import { LeapingClock } from '../support/clocks.js';

let clip: string;
let ffmpeg: string;
let folder: string;

beforeAll(async () => {
  [clip, ffmpeg] = [(await ensureFootage()).file, (await ensureFfmpeg()).path];
  folder = await mkdtemp(join(tmpdir(), 'riskwatch-video-'));
  await writeFile(join(folder, 'broken.mp4'), 'no video');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function take(options: VideoFileOptions, count: number, file = clip): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of videoFile(file, { ffmpeg, clock: new LeapingClock(), ...options })) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

const same = (a: Frame, b: Frame): boolean => Buffer.from(a.data).equals(Buffer.from(b.data));

describe('videoFile', () => {
  test('gives one frame a period, begins where it is told and starts again at the end', async () => {
    const [first, second] = await take({ sampleMs: 40_000 }, 2);
    // The clip has 79.5 s: from 40 s on one more frame, then it begins again.
    const later = await take({ sampleMs: 40_000, offsetSeconds: 40 }, 3);
    expect(first).toMatchObject({ width: 768, height: 576 });
    expect(same(first!, second!)).toBe(false);
    expect(same(later[0]!, second!)).toBe(true);
    expect(same(later[1]!, first!)).toBe(true);
    expect(same(later[2]!, second!)).toBe(true);
    expect(later.map((frame) => frame.timestamp)).toEqual([40_000, 80_000, 120_000]);
  });

  test('scales down when asked', async () => {
    const [frame] = await take({ maxWidth: 320 }, 1);
    expect(frame).toMatchObject({ width: 320, height: 240 });
    expect(frame!.data).toHaveLength(320 * 240 * 3);
  });

  test('an offset beyond the end is reported, and the video begins at 0', async () => {
    const problems: DetectorError[] = [];
    const [frame] = await take({ offsetSeconds: 500, onProblem: (problem) => problems.push(problem) }, 1);
    const [first] = await take({}, 1);
    expect(same(frame!, first!)).toBe(true);
    expect(problems.map((problem) => problem.code)).toEqual(['source_failed']);
  });

  test.each(['broken.mp4', 'missing.mp4'])('%s is reported and tried again', async (name) => {
    const problems: DetectorError[] = [];
    const stop = new AbortController();
    const onProblem = (problem: DetectorError) => {
      if (problems.push(problem) === 2) stop.abort();
    };
    expect(await take({ onProblem, signal: stop.signal }, 1, join(folder, name))).toEqual([]);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatchObject({
      code: 'source_failed',
      message: expect.stringContaining(name) as string,
    });
  });

  test('a missing ffmpeg says what to do', async () => {
    await expect(take({ ffmpeg: join(folder, 'no-ffmpeg'), loop: false }, 1)).rejects.toMatchObject({
      code: 'dependency_missing',
      message: expect.stringContaining('Install ffmpeg') as string,
    });
  });

  test.skipIf(process.platform !== 'linux')('an abort ends ffmpeg', async () => {
    const stop = new AbortController();
    const iterator = videoFile(clip, { ffmpeg, signal: stop.signal })[Symbol.asyncIterator]();
    const waiting = iterator.next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const children = await import('node:fs/promises').then((fs) =>
      fs.readFile(`/proc/self/task/${process.pid}/children`, 'utf8'),
    );
    expect(children.trim()).toBe('');
  });
});

test('videoDuration reads what the file says', async () => {
  expect(await videoDuration(clip, { ffmpeg })).toBe(79.5);
  expect(await videoDuration(join(folder, 'broken.mp4'), { ffmpeg })).toBeUndefined();
});
