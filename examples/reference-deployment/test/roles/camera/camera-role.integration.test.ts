import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureFootage, ensureModel } from '@riskwatch/demo-assets';
import { ensureTopics, parseDetection, readTopic, riskwatchTopicSpecs } from '@riskwatch/kafka-adapter';
import { topicContracts, type Detection } from '@riskwatch/kafka-adapter/messages';
import { startLocalKafka, type LocalKafka } from '@riskwatch/local-kafka';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deploymentSchema } from '../../../config/deployment.js';
import { Health } from '../../../role-process/health.js';
import { startCameras } from '../../../roles/camera/start-cameras.js';

const topic = topicContracts.detections.name;
const failures: unknown[] = [];
const health = new Health();
const metrics = new Registry();
const stopping = new AbortController();
let dataDir: string;
let kafka: LocalKafka;
let http: FastifyInstance;
let finish: () => Promise<void>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'riskwatch-camera-'));
  const [model, footage] = [await ensureModel(), await ensureFootage()];
  kafka = await startLocalKafka({ dataDir });
  await ensureTopics(riskwatchTopicSpecs({ partitions: 2 }), { connection: { brokers: [kafka.brokers] } });
  const deployment = deploymentSchema.parse({
    dataDir,
    kafka: { brokers: [kafka.brokers] },
    scheduler: { keysFile: 'unused.yaml' },
    cameras: {
      list: [{ id: 'gate' }, { id: 'yard', name: 'Yard' }, { id: 'lost', source: 'missing.mp4' }],
      source: footage.file,
      sampleSeconds: 1,
      model: model.file,
      modelSpec: model.specFile,
    },
  });
  http = Fastify();
  finish = await startCameras({
    deployment,
    configDir: dataDir,
    log: pino({ level: 'silent' }),
    metrics,
    health,
    http,
    signal: stopping.signal,
    fail: (error) => failures.push(error),
  });
});
afterAll(async () => {
  stopping.abort();
  await finish?.();
  await http?.close();
  await kafka?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface CamerasAnswer {
  cameras: { id: string; state: string; reason?: string; framesInferred: number }[];
}
const cameras = async () => (await http.inject('/v1/cameras')).json<CamerasAnswer>().cameras;
const inferred = async () => (await cameras()).reduce((sum, camera) => sum + camera.framesInferred, 0);

test('detections reach the topic, and an outage of the broker loses none', async () => {
  expect(health.reasons).toContain('cameras: none gives frames');
  await vi.waitUntil(async () => (await inferred()) >= 4, { timeout: 20_000, interval: 100 });
  expect(await cameras()).toMatchObject([
    { id: 'gate', state: 'live' },
    { id: 'yard', state: 'live' },
    { id: 'lost', state: 'offline', reason: expect.stringContaining('missing.mp4') as string },
  ]);
  await vi.waitUntil(() => health.ready, { timeout: 5_000 });

  await kafka.kill();
  const before = await inferred();
  await vi.waitUntil(async () => (await inferred()) >= before + 4, { timeout: 20_000, interval: 100 });
  expect(await metrics.getSingleMetricAsString('riskwatch_detections_waiting')).toMatch(/waiting [1-9]/);
  kafka = await startLocalKafka({ dataDir, port: kafka.port });

  const stopped = await http.inject({ method: 'POST', url: '/v1/cameras/stop' });
  const { frames, detections } = stopped.json<{ frames: number; detections: number }>();
  expect(frames).toBeGreaterThanOrEqual(before + 4);
  expect(failures).toEqual([]);

  const found = new Map<string, Detection>();
  for await (const record of readTopic({ connection: { brokers: [kafka.brokers] }, topic })) {
    const detection = parseDetection(record.value!);
    expect(record.key?.toString()).toBe(detection.cameraId);
    found.set(detection.detectionId, detection);
  }
  expect(found.size).toBe(detections);

  const [first] = found.values();
  expect(first?.detector).toEqual({ model: 'yolov8n', version: '8.0.0' });
  expect(first?.group.people).toHaveLength(first!.group.peopleCount);
  const picture = Buffer.from((first!.image as { base64: string }).base64, 'base64');
  expect((await sharp(picture).metadata()).format).toBe('jpeg');
});
