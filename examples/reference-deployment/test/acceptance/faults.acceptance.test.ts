import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDetection } from '@riskwatch/kafka-adapter/messages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../launcher/report/report.js';
import { IndependentProvider } from './independent-provider.js';
import { Injector } from './injector.js';
import { processesOf } from './processes.js';
import { Stack, type Ended } from './stack.js';
import { TopicReader } from './topic-reader.js';

/**
 * One run that goes wrong in every way that one can bring about from outside: a provider that is not ours, tasks by
 * topic, records that are no detections, roles that are killed. Its report must account for every detection.
 */
const secrets = ['independent-secret-1', 'independent-secret-2', 'independent-secret-3'];
const poison: readonly (string | Buffer)[] = [
  'not json',
  '',
  '{"schemaVersion":1}',
  '[]',
  Buffer.from([0xff, 0xfe, 0x00]),
  '['.repeat(5_000),
];

let folder: string;
let provider: IndependentProvider;
let stack: Stack;
let topics: TopicReader;
let keysText: string;
let detections: string[];
let ended: Ended;
let report: Report;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'riskwatch-faults-'));
  provider = await IndependentProvider.start(secrets);
  keysText = [
    'provider: openai-compatible',
    `baseUrl: ${provider.baseUrl}`,
    'model: some-other-vision-model',
    'strategy: round-robin',
    'limits: [{ concurrent: 16 }]',
    'keys:',
    ...secrets.map((secret, index) => `  - { id: other-${index + 1}, secret: "${secret}" }`),
    '',
  ].join('\n');
  const keysFile = join(folder, 'keys.yaml');
  writeFileSync(keysFile, keysText);
  stack = await Stack.start([
    ...['--cameras', '4', '--duration', '40', '--dispatch', 'topic'],
    ...['--keys-file', keysFile, '--report', join(folder, 'report.json')],
  ]);
  topics = new TopicReader(stack.deployment);
  await injectPoison();
  for (const role of ['scheduler', 'storage', 'camera'] as const) {
    await sleep(5_000);
    const [pid] = processesOf(stack.pid, `${role}.js`);
    if (pid === undefined) throw new Error(`the ${role} role does not run`);
    process.kill(pid, 'SIGKILL');
  }
  await stack.saw(/Draining|Stopping the cameras|detections, /);
  const records = await topics.all('detections');
  detections = records.flatMap(({ value }) => idOf(value));
  await topics.close();
  ended = await stack.ended();
  report = stack.readReport(join(folder, 'report.json'));
});
afterAll(async () => {
  await stack?.dispose();
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function injectPoison(): Promise<void> {
  const injector = new Injector(stack.deployment);
  const [recorded] = await topics.waitFor('detections', 1);
  for (const value of poison) await injector.raw('cam-01', value);
  const detection = parseDetection(recorded?.value ?? null);
  const bomb = { mediaType: 'image/jpeg', base64: Buffer.from('this is no picture').toString('base64') };
  await injector.raw(
    'cam-01',
    JSON.stringify({ ...detection, detectionId: injector.createId(), image: bomb }),
  );
  await injector.close();
}

function idOf(value: Buffer | null): string[] {
  try {
    return [parseDetection(value).detectionId];
  } catch {
    return [];
  }
}

describe('a run in which everything goes wrong', () => {
  it('ends well by itself, with everything accounted for', () => {
    expect(ended.output).not.toMatch(/could not be accounted for/);
    expect(ended.code).toBe(0);
  });

  it('says which role died and that it is back', () => {
    for (const role of ['Scheduler', 'Storage', 'Cameras']) {
      expect(ended.output).toMatch(new RegExp(`! ${role} ended \\(SIGKILL\\); starting it again`));
      expect(ended.output).toMatch(new RegExp(`✔ ${role} is back after`));
    }
  });

  it('has each detection in exactly one result or dead letter', () => {
    const failed = Object.values(report.results.failed).reduce((sum, count) => sum + count, 0);
    const dead = Object.values(report.deadLetters).reduce((sum, count) => sum + count, 0);
    expect(report.detections).toBe(detections.length);
    expect(report.results.succeeded + failed).toBe(report.detections);
    expect(report.tasks).toBe(report.detections);
    expect(report.carriedOver).toBe(0);
    expect(dead).toBe(poison.length);
    expect(Object.values(report.lag)).toEqual(Object.values(report.lag).map(() => 0));
  });

  it('fails only the picture that is none, and says so', () => {
    expect(report.results.failed).toEqual({ image_rejected: 1 });
  });

  it('leaves the real provider’s keys file as it was and uses each of its keys', () => {
    expect(readFileSync(join(folder, 'keys.yaml'), 'utf8')).toBe(keysText);
    expect([...provider.callsByKey.keys()].sort()).toEqual([...secrets].sort());
    expect(report.keys.map(({ id }) => id)).toEqual(['other-1', 'other-2', 'other-3']);
    const calls = [...provider.callsByKey.values()].reduce((sum, count) => sum + count, 0);
    // What a killed scheduler had asked is asked once more, and no other call is doubled.
    expect(calls).toBeGreaterThanOrEqual(report.results.succeeded);
    expect(calls).toBeLessThanOrEqual(report.results.succeeded + 64);
  });

  it('never writes a secret into a log or a file of the run', () => {
    const written = readFileSync(stack.locations.deployment, 'utf8') + ended.output + stack.logs();
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});
