import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProducer,
  ensureTopics,
  jsonRecord,
  riskwatchTopicSpecs,
  topicContracts,
  type Detection,
  type Producer,
  type RiskAssessment,
} from '@riskwatch/kafka-adapter';
import { startLocalKafka, type LocalKafka } from '@riskwatch/local-kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LiveMessage, Sections } from '../../../roles/dashboard/live/live-state.js';
import { take } from '../../../roles/dashboard/page/live-store.js';
import { spawnRole, type SpawnedRole } from '../spawned-role.js';
import { liveMessages } from './fixtures/live-messages.js';
import { roleDouble, type RoleDouble } from './fixtures/role-doubles.js';

/** The role as a process: a real broker, and the other roles as scripted HTTP servers. */

const TOKEN = 'canary-admin-token';
const JPEG = Buffer.from('/9j/4AAQSkZJRgABAQEAYABgAAD/2Q==', 'base64');

let dataDir: string;
let kafka: LocalKafka;
let producer: Producer;
let role: SpawnedRole;
const doubles: Record<string, RoleDouble> = {};
const authorizations = new Map<string, Set<string>>();

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'riskwatch-dashboard-'));
  kafka = await startLocalKafka();
  const connection = { brokers: [kafka.brokers] };
  await ensureTopics(riskwatchTopicSpecs({ partitions: 2 }), { connection });
  producer = createProducer({ connection });
  const now = () => new Date().toISOString();
  const double = async (name: string, answers: Record<string, () => unknown>) => {
    doubles[name] = await roleDouble((http) => {
      http.addHook('onRequest', async ({ headers }) => {
        const seen = authorizations.get(name) ?? new Set();
        authorizations.set(name, seen.add(headers.authorization ?? 'none'));
      });
      for (const [path, answer] of Object.entries({ '/readyz': () => ({ ready: true }), ...answers }))
        http.get(path, answer);
    });
  };
  await double('camera', {
    '/v1/cameras': () => ({
      cameras: [
        { id: 'a', name: 'Gate A', state: 'live', since: now(), sampleSeconds: 2, framesPerSecond: 0.5 },
      ],
    }),
  });
  await double('scheduler', {
    '/v1/status': () => ({
      waiting: 0,
      inFlight: 0,
      oldestWaitMs: 0,
      maxWaiting: 9,
      provider: { state: 'ok' },
    }),
    '/v1/keys': () => ({
      strategy: 'round-robin',
      quotaGroups: [{ id: 'g', state: 'ready', since: now(), limits: [] }],
      keys: [{ id: 'key-1', quotaGroup: 'g', state: 'available', since: now(), inFlight: 0, calls: 1 }],
    }),
  });
  await double('storage', {});
  await double('alerts', { '/v1/alerts': () => ({ alerts: [] }) });
  await double('flink', {
    '/jobs/overview': () => ({ jobs: [{ jid: 'j', state: 'RUNNING', 'start-time': 1 }] }),
    '/jobs/j': () => ({ vertices: [] }),
    '/jobs/j/checkpoints': () => ({ latest: null }),
  });
});

afterAll(async () => {
  await role?.kill();
  await producer?.close();
  await Promise.all(Object.values(doubles).map((double) => double.close()));
  await kafka?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const send = (topic: string, key: string, body: unknown) => producer.send(jsonRecord({ topic, key, body }));

function pair(level: 'high' | 'failed'): { detection: Detection; result: RiskAssessment } {
  const box = { x: 1, y: 1, width: 20, height: 40 };
  const at = new Date().toISOString();
  const detection: Detection = {
    schemaVersion: 1,
    detectionId: randomUUID(),
    cameraId: 'a',
    timestamp: at,
    frame: { width: 640, height: 360, sequence: 1 },
    group: { box, peopleCount: 1, people: [{ box, confidence: 0.9 }] },
    image: { mediaType: 'image/jpeg', base64: JPEG.toString('base64') },
    detector: { model: 'm', version: '1' },
  };
  const common = {
    schemaVersion: 1 as const,
    requestId: randomUUID(),
    detectionId: detection.detectionId,
    policyVersion: '1',
    revision: 0,
    cameraId: 'a',
    timestamp: at,
    capturedAt: at,
    attempts: [{ keyId: 'key-1', outcome: level === 'failed' ? 'unavailable' : 'ok', startedAt: at, ms: 1 }],
    timings: { receivedAt: at, waitMs: 0, providerMs: 1 },
  };
  const result: RiskAssessment =
    level === 'failed'
      ? {
          ...common,
          status: 'failed',
          error: { code: 'provider_unavailable', message: 'no', retryable: true },
        }
      : {
          ...common,
          status: 'succeeded',
          riskLevel: level,
          description: 'words',
          hazards: [],
          confidence: 0.9,
          model: 'm',
        };
  return { detection, result };
}

it('follows everything, loses nothing of the minutes before, and says what it can no longer see', async () => {
  const old = pair('failed').result;
  await send(topicContracts.results.name, old.requestId, old);

  mkdirSync(join(dataDir, 'run'));
  const address = (name: string) => doubles[name]?.address ?? { host: '127.0.0.1', port: 1 };
  role = await spawnRole('dashboard', {
    site: 'Test site',
    dataDir,
    kafka: { brokers: [kafka.brokers] },
    cameras: { ...address('camera'), list: [{ id: 'a' }] },
    scheduler: { ...address('scheduler'), keysFile: 'keys.yaml', adminToken: TOKEN },
    flink: address('flink'),
    storage: address('storage'),
    alerts: address('alerts'),
  });
  await role.ready();

  const leave = new AbortController();
  const response = await fetch(`${role.url}/v1/live`, { signal: leave.signal });
  let state: Sections | null = null;
  const told: string[] = [];
  const messages = liveMessages(response);
  const until = async (sees: (state: Sections) => boolean) => {
    for (;;) {
      const { value, done } = await messages.next();
      if (done) throw new Error('the live stream ended');
      told.push(JSON.stringify(value));
      state = take(state, value as LiveMessage);
      if (state && sees(state)) return state;
    }
  };

  const first = await until(({ failures }) => failures !== null);
  expect(first).toMatchObject({
    site: 'Test site',
    overall: { state: 'starting' },
    failures: { failed: 1, total: 1, reasons: { provider_unavailable: 1 } },
  });

  const { detection, result } = pair('high');
  await send(topicContracts.detections.name, 'a', detection);
  await send(topicContracts.results.name, result.requestId, result);
  const judged = await until(({ cameras }) => cameras[0]?.level === 'high');
  expect(judged.cameras[0]).toMatchObject({ name: 'Gate A', state: 'live', says: 'words' });
  const seen = await until(
    ({ overall, keys }) =>
      overall.state !== 'starting' && keys?.quotaGroups[0]?.keys[0]?.refused?.count === 1,
  );
  expect(seen.pipeline.find(({ id }) => id === 'flink')?.health).toBe('well');
  expect(seen.keys?.strategy).toBe('round-robin');

  const sha256 = createHash('sha256').update(JPEG).digest('hex');
  const picture = await fetch(`${role.url}/v1/evidence/${sha256}`);
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(JPEG);
  expect((await fetch(role.url)).headers.get('content-security-policy')).toContain("script-src 'self'");

  await doubles.scheduler?.close();
  const blind = await until(({ keys }) => keys === null);
  expect(blind.pipeline.find(({ id }) => id === 'scheduler')).toMatchObject({
    perSecond: null,
    health: 'away',
  });
  expect(blind.overall.causes).toContainEqual(expect.objectContaining({ code: 'away', peer: 'scheduler' }));

  expect(told.join('')).not.toContain(TOKEN);
  expect([...(authorizations.get('scheduler') ?? [])]).toEqual([`Bearer ${TOKEN}`]);
  for (const [name, values] of authorizations)
    if (name !== 'scheduler') expect([...values]).toEqual(['none']);

  await kafka.kill();
  await until(({ pipeline }) => pipeline.find(({ id }) => id === 'results')?.health === 'away');
  expect((await fetch(`${role.url}/readyz`)).status).toBe(503);
  leave.abort();
  expect(await role.stop()).toBe(0);
});
