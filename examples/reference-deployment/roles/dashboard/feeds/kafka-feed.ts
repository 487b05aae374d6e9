import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  followTopic,
  type ConnectionOptions,
  type KafkaRecord,
  type TopicFollower,
} from '@riskwatch/kafka-adapter';
import {
  isInlineImage,
  MessageError,
  parseDetection,
  parseRiskAssessment,
} from '@riskwatch/kafka-adapter/messages';
import type { SeenDetection } from '../live/camera-verdicts.js';
import type { LiveResult } from '../live/live-model.js';
import { liveResultOf } from './live-result.js';

const RETRY_MS = 1_000;
/** What the chart and the failures look back on. */
const HISTORY_MS = 15 * 60_000;

export interface KafkaFeedOptions {
  readonly connection: ConnectionOptions;
  readonly topics: { readonly detections: string; readonly results: string };
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onDetection: (detection: SeenDetection) => void;
  /** The judged picture and its SHA-256, in hex. */
  readonly onPicture: (sha256: string, picture: Buffer) => void;
  readonly onResult: (result: LiveResult) => void;
  /** Both topics are read, and the results of the last 15 minutes have been handed over. */
  readonly onReading: () => void;
  readonly onError: (error: unknown) => void;
}

/** Reads along: detections from now on, results from 15 minutes ago. It commits nothing, so it holds up nobody. */
export class KafkaFeed {
  readonly #options: KafkaFeedOptions;
  #followers: readonly TopicFollower[] = [];

  constructor(options: KafkaFeedOptions) {
    this.#options = options;
  }

  /** Whether both topics are being read now. */
  get isReading(): boolean {
    return this.#followers.length > 0 && this.#followers.every((follower) => follower.isReading);
  }

  /** Reads until the signal; a broker or a topic that is not there yet is waited for. */
  async run(): Promise<void> {
    const { connection, topics, now, signal, onReading, onError } = this.#options;
    while (!signal.aborted) {
      const opened: TopicFollower[] = [];
      try {
        const follow = async (
          topic: string,
          from: 'latest' | { timestampMs: number },
          onRecord: (record: KafkaRecord) => void,
        ) => {
          const groupPrefix = 'riskwatch-dashboard';
          opened.push(await followTopic({ connection, topic, from, groupPrefix, signal, onRecord, onError }));
        };
        await follow(topics.detections, 'latest', (record) => this.#detection(record));
        await follow(topics.results, { timestampMs: now() - HISTORY_MS }, (record) => this.#result(record));
        this.#followers = opened;
        await Promise.all(opened.map((follower) => follower.caughtUp({ signal })));
        onReading();
        return;
      } catch (error) {
        this.#followers = [];
        await Promise.all(opened.map((follower) => follower.close()));
        if (!signal.aborted) onError(error);
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.close()));
  }

  #detection({ value }: KafkaRecord): void {
    const detection = readable(() => parseDetection(value));
    if (!detection) return;
    const { cameraId, detectionId, image } = detection;
    this.#options.onDetection({ cameraId, detectionId, capturedAt: Date.parse(detection.timestamp) });
    if (!isInlineImage(image)) return;
    const picture = Buffer.from(image.base64, 'base64');
    this.#options.onPicture(createHash('sha256').update(picture).digest('hex'), picture);
  }

  #result({ value, timestamp }: KafkaRecord): void {
    const assessment = readable(() => parseRiskAssessment(value));
    if (assessment) this.#options.onResult(liveResultOf(assessment, timestamp));
  }
}

/** What cannot be read is for the dead letters of those who work on it; here it is passed over. */
function readable<Message>(parse: () => Message): Message | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}
