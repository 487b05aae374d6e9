import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProducer,
  deadLetterContractOf,
  deadLetterHeaders,
  ensureTopics,
  headerText,
  jsonRecord,
  readTopic,
  topicContracts,
  topicSpecOf,
  type ConnectionOptions,
  type Detection,
  type Producer,
  type RiskAssessment,
} from '@riskwatch/kafka-adapter';
import { startLocalKafka, type LocalKafka } from '@riskwatch/local-kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeploymentInput } from '../../config/deployment.js';
import type { Alert } from '../../roles/alerts/alert.js';
import { startWebhookReceiver } from './alerts/webhook-receiver.js';
import { failure, verdict } from './results.js';
import { spawnRole, type SpawnedRole } from './spawned-role.js';

const results = topicContracts.results.name;
const detections = topicContracts.detections.name;

let kafka: LocalKafka;
let connection: ConnectionOptions;
let producer: Producer;
let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;
let dataDir: string;
let deployment: DeploymentInput;
let storage: SpawnedRole;
let alerts: SpawnedRole;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'riskwatch-roles-'));
  [kafka, receiver] = await Promise.all([startLocalKafka(), startWebhookReceiver()]);
  connection = { brokers: [kafka.brokers] };
  const contracts = [topicContracts.results, topicContracts.detections, deadLetterContractOf(results)];
  await ensureTopics(
    contracts.map((contract) => topicSpecOf(contract, { partitions: 2 })),
    { connection },
  );
  producer = createProducer({ connection });
  deployment = {
    dataDir,
    kafka: { brokers: [kafka.brokers] },
    scheduler: { keysFile: 'keys.yaml' },
    alerts: {
      rules: [{ name: 'every-risk', minLevel: 'low', channels: ['pager'] }],
      webhooks: { pager: { url: receiver.url, token: 'hook-token', perSecond: 200 } },
    },
  };
  [storage, alerts] = await Promise.all([spawnRole('storage', deployment), spawnRole('alerts', deployment)]);
  await Promise.all([storage.ready(), alerts.ready()]);
});

afterAll(async () => {
  await Promise.allSettled([storage?.kill(), alerts?.kill(), producer?.close(), receiver?.close()]);
  await kafka?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const send = (...messages: RiskAssessment[]) =>
  Promise.all(
    messages.map((body) => producer.send(jsonRecord({ topic: results, key: body.requestId, body }))),
  );

/** Everything that storage has, page by page. */
async function storedResults(): Promise<RiskAssessment[]> {
  const stored: RiskAssessment[] = [];
  let cursor: string | null = null;
  do {
    const path: string = `/v1/risk-assessments?limit=500${cursor ? `&cursor=${cursor}` : ''}`;
    const page: { riskAssessments: RiskAssessment[]; nextCursor: string | null } = await storage.json(path);
    stored.push(...page.riskAssessments);
    cursor = page.nextCursor;
  } while (cursor);
  return stored;
}

const raisedAlerts = async () => (await alerts.json<{ alerts: Alert[] }>('/v1/alerts?limit=500')).alerts;
const byId = <T>(items: readonly T[], id: (item: T) => string) =>
  [...items].sort((a, b) => id(a).localeCompare(id(b)));
const within = { timeout: 40_000, interval: 100 };

describe('storage and alerts on a stream of results', () => {
  const firsts: RiskAssessment[] = Array.from({ length: 900 }, (_, n) =>
    n % 3 === 0 ? verdict({ riskLevel: 'high' }) : n % 3 === 1 ? verdict({ riskLevel: 'none' }) : failure(),
  );
  /** Later records of the same tasks, which say the opposite. */
  const repeats = firsts
    .filter((_, n) => n % 5 === 0)
    .map(({ requestId, status }) =>
      status === 'succeeded' ? failure({ requestId }) : verdict({ requestId, riskLevel: 'critical' }),
    );
  const risky = firsts.filter(({ riskLevel }) => riskLevel === 'high').map(({ requestId }) => requestId);

  it('kill -9 of both in the middle loses nothing and raises nothing twice', async () => {
    // A receiver that refuses, hangs up or, once, says nothing at all before it comes to itself.
    receiver.answerWith((response, call) => {
      if (call === 1) return;
      if (call > 80 || call % 2 === 0) response.writeHead(204).end();
      else if (call % 4 === 1) response.writeHead(500).end();
      else response.destroy();
    });
    const poison = ['no json', '{"schemaVersion":1}'].map((value) =>
      producer.send({ topic: results, key: 'poison', value }),
    );
    await send(...firsts.slice(0, 500));
    await expect.poll(async () => (await storedResults()).length, within).toBeGreaterThan(100);
    const rest = send(...firsts.slice(500), ...repeats);
    await Promise.all([storage.kill(), alerts.kill()]);
    [storage, alerts] = await Promise.all([
      spawnRole('storage', deployment),
      spawnRole('alerts', deployment),
    ]);
    await Promise.all([rest, ...poison]);

    await expect.poll(async () => (await storedResults()).length, within).toBe(firsts.length);
    await Promise.all([storage.ready(), alerts.ready()]);
    await expect
      .poll(async () => counted(await metricsOf(storage), 'riskwatch_repeats_total'), within)
      .toBeGreaterThan(0);
    expect(byId(await storedResults(), ({ requestId }) => requestId)).toEqual(
      byId(firsts, ({ requestId }) => requestId),
    );

    await expect.poll(async () => (await raisedAlerts()).length, within).toBe(risky.length);
    await expect
      .poll(() => new Set(receiver.calls.map(({ headers }) => headers['idempotency-key'])).size, within)
      .toBe(risky.length);
    await expect
      .poll(async () => counted(await metricsOf(alerts), 'riskwatch_alert_deliveries_pending'), within)
      .toBe(0);
    const keys = new Set(receiver.calls.map(({ headers }) => headers['idempotency-key']));
    expect([...keys].sort()).toEqual([...risky].sort());
    expect((await raisedAlerts()).map(({ taskId }) => taskId).sort()).toEqual([...risky].sort());
  });

  it('poison goes to the dead letters, once per record, and holds up nobody', async () => {
    const ids = new Map<string | undefined, string | undefined>();
    for await (const { headers } of readTopic({ connection, topic: `${results}.dlq` })) {
      ids.set(headerText(headers, deadLetterHeaders.id), headerText(headers, deadLetterHeaders.reason));
    }
    expect([...ids.values()].sort()).toEqual(['invalid-json', 'schema']);
  });

  it('an acknowledgement outlives a crash', async () => {
    const taskId = risky[0] ?? '';
    const path = `/v1/alerts/${taskId}/acknowledgement`;
    const headers = { 'content-type': 'application/json' };
    await alerts.json(path, { method: 'POST', headers, body: JSON.stringify({ by: 'Ada' }) });
    await alerts.kill();
    alerts = await spawnRole('alerts', deployment);
    const alert = (await raisedAlerts()).find((raised) => raised.taskId === taskId);
    expect(alert?.acknowledged?.by).toBe('Ada');
  });

  it('pictures of detections are served by their hash', async () => {
    const jpeg = Buffer.from('ffd8ffe000104a464946ffd9', 'hex');
    const sha256 = createHash('sha256').update(jpeg).digest('hex');
    await producer.send(jsonRecord({ topic: detections, key: 'gate', body: detectionOf(jpeg) }));
    await expect
      .poll(async () => (await fetch(`${storage.url}/v1/evidence/${sha256}`)).status, within)
      .toBe(200);
    const answer = await fetch(`${storage.url}/v1/evidence/${sha256}`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(jpeg);
  });

  it('both end in order, and start no second process on their folder', async () => {
    await expect(spawnRole('storage', deployment)).rejects.toThrow('exited with 1');
    expect(await Promise.all([storage.stop(), alerts.stop()])).toEqual([0, 0]);
  });
});

const metricsOf = async (role: SpawnedRole) => (await fetch(`${role.url}/metrics`)).text();

/** A metric over all its labels. */
function counted(metrics: string, name: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const detectionOf = (jpeg: Buffer): Detection => {
  const box = { x: 10, y: 20, width: 30, height: 60 };
  return {
    schemaVersion: 1,
    detectionId: randomUUID(),
    cameraId: 'gate',
    timestamp: '2026-05-01T08:30:00.250Z',
    frame: { width: 640, height: 480, sequence: 1 },
    group: { box, peopleCount: 1, people: [{ box, confidence: 0.9 }] },
    image: { mediaType: 'image/jpeg', base64: jpeg.toString('base64') },
    detector: { model: 'yolov8n', version: '1' },
  };
};
