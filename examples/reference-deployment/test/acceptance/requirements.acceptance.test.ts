import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isInlineImage,
  parseDetection,
  parseRiskAssessment,
  type Detection,
} from '@riskwatch/kafka-adapter/messages';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stack } from './stack.js';
import { Injector } from './injector.js';
import { Roles, type KeysView } from './roles.js';
import { TopicReader } from './topic-reader.js';

/**
 * R6 on the real stack: Kafka, Flink, YOLO on real footage, every role a process of its own. Only the paid model is
 * simulated, by a server that shares no code with the pool. One start serves all of it, so the tests go on from each
 * other in the order of the requirement.
 */
const KEYS = 8;
const RPM = 300;
const BURST = 5;

let stack: Stack;
let roles: Roles;
let topics: TopicReader;
let injector: Injector;

beforeAll(async () => {
  stack = await Stack.start([
    ...['--cameras', '4', '--keys', String(KEYS), '--rpm', String(RPM), '--burst', String(BURST)],
    ...['--strategy', 'round-robin'],
  ]);
  roles = new Roles(stack);
  topics = new TopicReader(stack.deployment);
  injector = new Injector(stack.deployment);
});
afterAll(async () => {
  await injector?.close();
  await topics?.close();
  await stack?.dispose();
});

describe('R6.1 all modules run together, deployed by one command', () => {
  it('has every role ready and the Flink job running', async () => {
    for (const role of ['scheduler', 'storage', 'alerts', 'dashboard', 'camera'] as const) {
      expect(await roles.readiness(role), role).toEqual({ ready: true, reasons: [] });
    }
    expect(await roles.flinkVertices()).toSatisfy((states: string[]) =>
      states.every((state) => state === 'RUNNING'),
    );
  });

  it('has told every step of the start', () => {
    const { steps } = JSON.parse(readFileSync(stack.locations.steps, 'utf8')) as {
      steps: { id: string; state: string }[];
    };
    expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual(
      [
        'assets',
        'kafka',
        'topics',
        'provider',
        'scheduler',
        'flink',
        'storage',
        'alerts',
        'dashboard',
        'camera',
      ].map((id) => `${id} done`),
    );
  });

  it('shows the dashboard', async () => {
    const page = await fetch(roles.url('dashboard'));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('riskwatch');
  });

  it('refuses a second launcher on the same data folder, and goes on undisturbed', async () => {
    const second = Stack.launch([], stack.dataDir);
    const { code, output } = await second.ended();
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`Another riskwatch \\(process ${stack.pid}\\) runs on .*--data-dir`));
    expect(await roles.readiness('scheduler')).toEqual({ ready: true, reasons: [] });
  });
});

describe('R6.2 YOLO and BX results arrive, correct, in the named topic', () => {
  it('has valid detections of every camera whose boxes and pictures fit together', async () => {
    const records = await topics.waitFor('detections', 24);
    const detections = records.map(({ value }) => parseDetection(value));
    expect(new Set(detections.map(({ cameraId }) => cameraId)).size).toBe(4);
    expect(new Set(detections.map(({ detectionId }) => detectionId)).size).toBe(detections.length);
    for (const detection of detections) await expectSound(detection);
  });
});

async function expectSound({ frame, group, image, detector, timestamp }: Detection): Promise<void> {
  expect([frame.width, frame.height]).toEqual([768, 576]);
  expect(detector.model).toMatch(/yolo/i);
  expect(Math.abs(Date.now() - Date.parse(timestamp))).toBeLessThan(600_000);
  expect(group.people).toHaveLength(group.peopleCount);
  const { x, y, width, height } = group.box;
  expect(x).toBeGreaterThanOrEqual(0);
  expect(y).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(frame.width);
  expect(y + height).toBeLessThanOrEqual(frame.height);
  const slack = 1;
  for (const { box, confidence } of group.people) {
    expect(confidence).toBeGreaterThan(0.1);
    expect(box.x).toBeGreaterThanOrEqual(x - slack);
    expect(box.y).toBeGreaterThanOrEqual(y - slack);
    expect(box.x + box.width).toBeLessThanOrEqual(x + width + slack);
    expect(box.y + box.height).toBeLessThanOrEqual(y + height + slack);
  }
  if (!isInlineImage(image)) throw new Error('a crop of this footage is small enough to travel inside');
  const bytes = Buffer.from(image.base64, 'base64');
  expect(bytes.length).toBeLessThanOrEqual(512 * 1024);
  const picture = await sharp(bytes).metadata();
  expect(picture.format).toBe('jpeg');
  // The crop has a margin around the group, cut at the frame's edge.
  expect(picture.width).toBeGreaterThanOrEqual(Math.min(Math.floor(width), frame.width) * 0.9);
  expect(picture.height).toBeGreaterThanOrEqual(Math.min(Math.floor(height), frame.height) * 0.9);
}

describe('R6.3 the Flink job consumes them and triggers the scheduler', () => {
  it('brings every detection to one result of the same camera', async () => {
    await roles.stopCameras();
    const detections = (await topics.all('detections')).map(({ value }) => parseDetection(value));
    await expect
      .poll(async () => (await topics.all('results')).length, { timeout: 60_000, interval: 500 })
      .toBeGreaterThanOrEqual(detections.length);
    const results = (await topics.all('results')).map(({ value }) => parseRiskAssessment(value));
    const byDetection = new Map(results.map((result) => [result.detectionId, result]));
    expect(byDetection.size).toBe(results.length);
    for (const detection of detections) {
      const result = byDetection.get(detection.detectionId);
      expect(result).toMatchObject({ status: 'succeeded', cameraId: detection.cameraId, revision: 0 });
      expect(result?.capturedAt).toBe(detection.timestamp);
    }
  });

  it('commits what it has dispatched as its own consumer group', async () => {
    await expect
      .poll(() => topics.lag('detections', 'riskwatch-flink'), { timeout: 30_000, interval: 500 })
      .toBe(0);
  });
});

describe('R6.5 under a flood nothing collapses, and N keys deliver N times what one key does', () => {
  let onePerSecond: number;

  it('delivers what one key is allowed with one key', async () => {
    const others = Array.from({ length: KEYS - 1 }, (_, index) => `key-${index + 2}`);
    for (const id of others) await roles.disableKey(id);
    const recorded = await topics.all('detections');
    const from = Date.now();
    await injector.flood(recorded, { perSecond: 15, seconds: 20 });
    onePerSecond = countBetween(await topics.all('results'), from + 5_000, from + 20_000) / 15;
    for (const id of others) await roles.enableKey(id);
    expect(onePerSecond).toBeGreaterThan((RPM / 60) * 0.9);
    expect(onePerSecond).toBeLessThan((RPM / 60) * 1.1);
    await topics.settled();
  });

  it('delivers at least seven times that with eight, and is hardly ever refused', async () => {
    const recorded = (await topics.all('detections')).slice(0, 50);
    const before = await roles.simulatorStats();
    const from = Date.now();
    await injector.flood(recorded, { perSecond: 60, seconds: 60 });
    const results = await topics.all('results');
    const perSecond = countBetween(results, from + 5_000, from + 60_000) / 55;
    expect(perSecond).toBeGreaterThanOrEqual(7 * onePerSecond);
    await topics.settled();
    const after = await roles.simulatorStats();
    const calls = after.accepted + after.refused - before.accepted - before.refused;
    expect(calls).toBeGreaterThan(2_000);
    expect((after.refused - before.refused) / calls).toBeLessThanOrEqual(0.001);
    // The cameras were stopped before; everybody else stands.
    expect(await roles.notReady()).toEqual(['camera']);
  });

  it('ends every flooded detection in exactly one result, each failure with its reason', async () => {
    const ids = new Set(
      (await topics.all('detections')).map(({ value }) => parseDetection(value).detectionId),
    );
    const results = (await topics.all('results')).map(({ value }) => parseRiskAssessment(value));
    expect(new Set(results.map(({ detectionId }) => detectionId))).toEqual(ids);
    expect(new Set(results.map(({ requestId }) => requestId)).size).toBe(results.length);
    const codes = new Set(
      results.flatMap((result) => (result.status === 'failed' ? [result.error.code] : [])),
    );
    // More comes in than eight keys are allowed: the surplus is told that it is late, nothing else goes wrong.
    for (const code of codes) expect(['deadline_exceeded', 'queue_full']).toContain(code);
  });
});

describe('R6.4 every configured key is used, at once and evenly', () => {
  it('by the scheduler’s metrics and by the provider’s own count, which agree', async () => {
    const stats = await roles.simulatorStats();
    const metrics = await roles.callsByKey();
    // Without the calls of the time in which seven of them were switched off.
    const seen = stats.keys.filter(({ id }) => id !== 'key-1').map(({ accepted }) => accepted);
    expect(seen).toHaveLength(KEYS - 1);
    expect(Math.max(...seen) / Math.min(...seen)).toBeLessThanOrEqual(1.1);
    for (const { id, accepted, refused, maxInFlight } of stats.keys) {
      const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
      expect(metrics.get(id), id).toBe(accepted + refusals);
      expect(maxInFlight, id).toBeGreaterThan(1);
    }
  });
});

describe('R6.6 keys are taken away in the middle and service goes on', () => {
  it('disables one, revokes one, removes one: no task fails, and the rest take over', async () => {
    const recorded = (await topics.all('detections')).slice(0, 50);
    const ids = injector.flood(recorded, { perSecond: 20, seconds: 20 });
    await sleep(4_000);
    await roles.disableKey('key-1');
    await sleep(3_000);
    await roles.revokeAtProvider('key-2');
    await sleep(3_000);
    editKeysFile((keys) => keys.filter(({ id }) => id !== 'key-3'));
    const injected = new Set(await ids);
    await topics.settled();
    const results = (await topics.all('results'))
      .map(({ value }) => parseRiskAssessment(value))
      .filter(({ detectionId }) => injected.has(detectionId));
    expect(results).toHaveLength(injected.size);
    expect(results.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    const { keys } = await roles.keys();
    expect(stateOf(keys, 'key-1')).toBe('disabled');
    expect(stateOf(keys, 'key-2')).toBe('quarantined');
    expect(stateOf(keys, 'key-3')).toBeUndefined();
    const last = results.slice(-50).flatMap(({ attempts }) => attempts.map(({ keyId }) => keyId));
    expect(last).not.toContain('key-1');
    expect(new Set(last).size).toBe(KEYS - 3);
  });

  it('refuses a broken keys file and keeps the old set, then takes a sound one', async () => {
    const sound = readFileSync(stack.locations.keys, 'utf8');
    const before = (await roles.keys()).keys.map(({ id }) => id);
    writeFileSync(stack.locations.keys, sound.slice(0, sound.length / 2));
    await sleep(1_500);
    expect((await roles.keys()).keys.map(({ id }) => id)).toEqual(before);
    expect(await roles.readiness('scheduler')).toMatchObject({ ready: true });
    editKeysFile((keys) => keys.filter(({ id }) => id !== 'key-4'), sound);
    await expect.poll(async () => (await roles.keys()).keys.map(({ id }) => id)).not.toContain('key-4');
  });
});

function countBetween(
  results: readonly { timestamp: number; value: Buffer | null }[],
  from: number,
  to: number,
): number {
  return results.filter(
    ({ timestamp, value }) =>
      timestamp >= from && timestamp < to && parseRiskAssessment(value).status === 'succeeded',
  ).length;
}

function stateOf(keys: KeysView['keys'], id: string): string | undefined {
  return keys.find((key) => key.id === id)?.state;
}

function editKeysFile(
  change: (keys: { id: string }[]) => { id: string }[],
  text = readFileSync(stack.locations.keys, 'utf8'),
): void {
  const file = JSON.parse(text) as { keys: { id: string }[] };
  writeFileSync(stack.locations.keys, JSON.stringify({ ...file, keys: change(file.keys) }));
}
