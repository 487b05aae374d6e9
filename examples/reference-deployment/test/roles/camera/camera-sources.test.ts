import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { deploymentSchema } from '../../../config/deployment.js';
import { openSources } from '../../../roles/camera/camera-sources.js';
import { inferenceProcesses } from '../../../roles/camera/start-cameras.js';

const open = (cameras: object, configDir = '/') =>
  openSources({
    cameras: deploymentSchema.shape.cameras.parse(cameras),
    configDir,
    signal: new AbortController().signal,
    onProblem: () => {},
  });

test('spreads the cameras of one folder over the sample period', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'riskwatch-sources-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await sharp({ create: { width: 4, height: 4, channels: 3, background: '#fff' } }).toFile(
    join(folder, '1.png'),
  );
  const list = ['a', 'b', 'c', 'd'].map((id) => ({ id, source: '.' }));
  const sources = await open({ list, sampleSeconds: 0.2 }, folder);
  const phases = await Promise.all(
    sources.map(async ({ source }) => {
      for await (const { timestamp } of source) return timestamp % 200;
      return undefined;
    }),
  );
  expect(phases).toEqual([0, 50, 100, 150]);
});

test.each([
  [{ list: [] }, /there is no camera/],
  [{ list: [{ id: 'gate' }] }, /gate has no source/],
])('%o is refused', async (cameras, message) => {
  await expect(open(cameras)).rejects.toThrow(message);
});

test('as many inference processes as are kept busy, and a core is left', () => {
  expect(inferenceProcesses(6, 2)).toBe(1);
  expect(inferenceProcesses(25, 2)).toBe(1);
  expect(inferenceProcesses(25, 8)).toBe(3);
  expect(inferenceProcesses(1, 1)).toBe(1);
});
