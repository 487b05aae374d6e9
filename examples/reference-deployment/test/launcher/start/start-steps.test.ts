import { expect, it } from 'vitest';
import { StepTracker, type StartProgress } from '../../../launcher/start/start-steps.js';

it('follows each step from waiting to its end, with what it is doing in between', async () => {
  const seen: StartProgress[] = [];
  let second = 0;
  const tracker = new StepTracker(
    ['kafka', 'flink'],
    (progress) => seen.push(progress),
    () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)),
  );
  await tracker.run('kafka', (detail) => {
    detail('fetching jars');
    return Promise.resolve();
  });
  await expect(tracker.run('flink', () => Promise.reject(new Error('no slot')))).rejects.toThrow('no slot');
  expect(seen.map(({ steps }) => steps.map(({ state }) => state).join(' '))).toEqual([
    'running waiting',
    'running waiting',
    'done waiting',
    'done running',
    'done failed',
  ]);
  expect(seen[1]?.steps[0]?.detail).toBe('fetching jars');
  expect(tracker.progress).toEqual({
    startedAt: '2026-01-01T00:00:00.000Z',
    steps: [
      {
        id: 'kafka',
        title: { en: 'Kafka', zh: 'Kafka' },
        state: 'done',
        startedAt: '2026-01-01T00:00:01.000Z',
        finishedAt: '2026-01-01T00:00:02.000Z',
      },
      {
        id: 'flink',
        title: { en: 'Flink job', zh: 'Flink 作业' },
        state: 'failed',
        detail: 'no slot',
        startedAt: '2026-01-01T00:00:03.000Z',
        finishedAt: '2026-01-01T00:00:04.000Z',
      },
    ],
  });
});
