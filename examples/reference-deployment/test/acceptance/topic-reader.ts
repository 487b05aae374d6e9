import { setTimeout as sleep } from 'node:timers/promises';
import {
  followTopic,
  readLag,
  type ConnectionOptions,
  type KafkaRecord,
  type TopicFollower,
} from '@riskwatch/kafka-adapter';
import { deadLetterTopicOf, topicContracts } from '@riskwatch/kafka-adapter/messages';
import type { Deployment } from '../../config/deployment.js';

export const topicNames = {
  detections: topicContracts.detections.name,
  tasks: topicContracts.tasks.name,
  results: topicContracts.results.name,
  detectionDeadLetters: deadLetterTopicOf(topicContracts.detections.name),
  taskDeadLetters: deadLetterTopicOf(topicContracts.tasks.name),
} as const;
export type Topic = keyof typeof topicNames;

/** Everything that lies in the topics of one run, from their beginnings. */
export class TopicReader {
  readonly #connection: ConnectionOptions;
  readonly #records = new Map<Topic, KafkaRecord[]>();
  readonly #followers = new Map<Topic, Promise<TopicFollower>>();

  constructor(deployment: Deployment) {
    this.#connection = { brokers: deployment.kafka.brokers };
  }

  /** All records that are in the topic at this moment, in the order in which they came here. */
  async all(topic: Topic): Promise<KafkaRecord[]> {
    const follower = await this.#follow(topic);
    await follower.caughtUp();
    return [...(this.#records.get(topic) ?? [])];
  }

  /** Waits until there are so many. */
  async waitFor(topic: Topic, count: number, timeoutMs = 60_000): Promise<KafkaRecord[]> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const records = await this.all(topic);
      if (records.length >= count) return records;
      if (Date.now() > deadline)
        throw new Error(`${topicNames[topic]} has ${records.length} records, not ${count}`);
      await sleep(250);
    }
  }

  async lag(topic: Topic, consumerGroup: string): Promise<number> {
    return (await readLag({ connection: this.#connection, topic: topicNames[topic], consumerGroup })).lag;
  }

  /** Waits until every detection has a result or is a dead letter. */
  async settled(timeoutMs = 90_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const [detections, results, dead] = await Promise.all([
        this.all('detections'),
        this.all('results'),
        this.all('detectionDeadLetters'),
      ]);
      const ends = new Set(results.map((record) => idOf(record, 'detectionId'))).size + dead.length;
      if (ends >= detections.length) return;
      if (Date.now() > deadline) throw new Error(`${detections.length - ends} detections have no end`);
      await sleep(500);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followers.values()].map(async (follower) => (await follower).close()));
  }

  #follow(topic: Topic): Promise<TopicFollower> {
    const known = this.#followers.get(topic);
    if (known) return known;
    const records: KafkaRecord[] = [];
    this.#records.set(topic, records);
    const follower = followTopic({
      connection: this.#connection,
      topic: topicNames[topic],
      from: 'earliest',
      groupPrefix: 'acceptance',
      onRecord: (record) => records.push(record),
    });
    this.#followers.set(topic, follower);
    return follower;
  }
}

function idOf({ value }: KafkaRecord, field: string): unknown {
  return (JSON.parse(value?.toString('utf8') ?? '{}') as Record<string, unknown>)[field];
}
