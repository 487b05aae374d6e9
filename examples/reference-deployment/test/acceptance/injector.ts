import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer, type KafkaRecord, type Producer } from '@riskwatch/kafka-adapter';
import { createUuidV7, parseDetection, timestampOf } from '@riskwatch/kafka-adapter/messages';
import type { Deployment } from '../../config/deployment.js';
import { topicNames } from './topic-reader.js';

const TICK_MS = 50;

/** Puts detections into their topic that no camera of this run has seen. */
export class Injector {
  readonly #producer: Producer;
  readonly createId = createUuidV7({ now: Date.now, randomBytes });

  constructor(deployment: Deployment) {
    this.#producer = createProducer({ connection: { brokers: deployment.kafka.brokers } });
  }

  /** Repeats recorded detections as new ones, captured now, at a steady rate. Returns their ids once all are stored. */
  async flood(
    recorded: readonly KafkaRecord[],
    { perSecond, seconds }: { perSecond: number; seconds: number },
  ): Promise<string[]> {
    const templates = recorded.map(({ value }) => parseDetection(value));
    const ids: string[] = [];
    const stored: Promise<unknown>[] = [];
    const startedAt = performance.now();
    while (ids.length < perSecond * seconds) {
      const due = Math.min(perSecond * seconds, ((performance.now() - startedAt) / 1_000) * perSecond);
      while (ids.length < due) {
        const template = templates[ids.length % templates.length]!;
        const detection = { ...template, detectionId: this.createId(), timestamp: timestampOf(Date.now()) };
        ids.push(detection.detectionId);
        stored.push(this.raw(detection.cameraId, JSON.stringify(detection)));
      }
      await sleep(TICK_MS);
    }
    await Promise.all(stored);
    return ids;
  }

  /** Any bytes as a record of the detections topic. */
  async raw(cameraId: string, value: string | Buffer): Promise<void> {
    await this.#producer.send({
      topic: topicNames.detections,
      key: cameraId,
      value: Buffer.from(value),
      headers: { 'content-type': 'application/json' },
    });
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
