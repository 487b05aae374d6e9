import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StartStepsFeed, startStepsFile } from '../../../../roles/dashboard/feeds/start-steps.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskwatch-steps-'));
  await mkdir(join(folder, 'run'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (value: unknown) => {
  const path = startStepsFile(folder);
  await writeFile(`${path}.new`, JSON.stringify(value));
  await rename(`${path}.new`, path);
};
const steps = (state: string, detail?: unknown) => ({
  startedAt: '2026-05-01T08:30:00.000Z',
  steps: [{ id: 'kafka', title: { en: 'Kafka', zh: 'Kafka' }, state, detail }],
});

it('follows the launcher’s file, which may not be there', async () => {
  const feed = new StartStepsFeed(startStepsFile(folder));
  expect(await feed.read()).toBeNull();
  await write(steps('running', 'waits for the broker'));
  expect(await feed.read()).toMatchObject({
    startedAt: Date.parse('2026-05-01T08:30:00.000Z'),
    steps: [
      {
        state: 'running',
        detail: { en: 'waits for the broker', zh: 'waits for the broker' },
        startedAt: null,
      },
    ],
  });
  await write(steps('done', { en: 'ready', zh: '就绪' }));
  expect(await feed.read()).toMatchObject({ steps: [{ state: 'done', detail: { zh: '就绪' } }] });
});

it('takes a file of another shape for none', async () => {
  await write({ steps: 'soon' });
  expect(await new StartStepsFeed(startStepsFile(folder)).read()).toBeNull();
});
