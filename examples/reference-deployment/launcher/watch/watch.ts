import type { ConnectionOptions } from '@riskwatch/kafka-adapter';
import type { Logger } from 'pino';
import type { Deployment } from '../../config/deployment.js';
import { enterRecord } from '../report/enter-record.js';
import { Ledger } from '../report/ledger.js';
import { kafkaConnection } from '../../role-process/kafka-connection.js';
import { roleUrl } from '../start/services.js';
import type { DrainView } from '../stop/drain.js';
import type { System } from '../system.js';
import { Activity } from './activity.js';
import { FrameCount } from './frame-count.js';
import { askJson } from './probe.js';
import { followedTopics } from './followed-topics.js';
import { RecordFeed } from './record-feed.js';
import { statusLine } from './status-line.js';

const STOP_CAMERAS_TIMEOUT_MS = 30_000;
const LAG_INTERVAL_MS = 3_000;
const FORGET_INTERVAL_MS = 60_000;

interface CamerasAnswer {
  readonly cameras: readonly { readonly state: string; readonly framesInferred: number }[];
}

/** Everything that the launcher knows of the running system, from outside: its topics and its roles' endpoints. */
export class Watch implements DrainView {
  readonly ledger = new Ledger();
  /** How the launcher itself reaches the brokers. */
  readonly connection: ConnectionOptions;
  readonly #deployment: Deployment;
  readonly #system: System;
  readonly #feed: RecordFeed;
  readonly #activity = new Activity();
  readonly #frames = new FrameCount();
  #liveCameras = 0;
  #lag: { at: number; records: number | undefined } = { at: -Infinity, records: undefined };
  #forgottenAt = performance.now();

  constructor(deployment: Deployment, system: System, log: Logger, configDir: string) {
    this.#deployment = deployment;
    this.#system = system;
    this.connection = kafkaConnection({ deployment, configDir, log });
    this.#feed = new RecordFeed(
      this.connection,
      followedTopics(deployment),
      (kind, record) => this.#activity.add(enterRecord(this.ledger, kind, record), performance.now()),
      (error) => log.warn({ err: error }, 'reading a topic'),
    );
  }

  /** Begins to follow the topics: what is stored from now on belongs to this run. */
  begin(): Promise<void> {
    return this.#feed.begin();
  }

  close(): Promise<void> {
    return this.#feed.close();
  }

  /** Frames in which people were looked for, over restarts of the camera role. */
  get frames(): number {
    return this.#frames.total;
  }

  open(): number {
    return this.ledger.open;
  }

  caughtUp(): Promise<boolean> {
    return this.#feed.caughtUp();
  }

  lag(): Promise<Record<string, number>> {
    return this.#feed.lag();
  }

  async statusLine(signal: AbortSignal): Promise<string> {
    const [unhealthy, , waiting, lag] = await Promise.all([
      this.#system.unhealthy(signal),
      this.#seeCameras(signal),
      this.#waiting(signal),
      this.#slowLag(),
    ]);
    const now = performance.now();
    if (now - this.#forgottenAt >= FORGET_INTERVAL_MS) {
      this.#forgottenAt = now;
      this.ledger.forgetBefore(Date.now());
    }
    return statusLine({
      cameras: { live: this.#liveCameras, total: this.#deployment.cameras.list.length },
      detectionsPerSecond: this.#activity.detectionsPerSecond(now),
      assessmentsPerSecond: this.#activity.assessmentsPerSecond(now),
      p95Ms: this.#activity.p95Ms(now),
      waiting,
      lag,
      unhealthy,
    });
  }

  /** Stops sampling; what is in hand is still finished and produced. A camera role that is away has stopped already. */
  async stopCameras(): Promise<void> {
    await this.#seeCameras(AbortSignal.timeout(STOP_CAMERAS_TIMEOUT_MS));
    try {
      const answer = await fetch(`${roleUrl('camera', this.#deployment)}/v1/cameras/stop`, {
        method: 'POST',
        signal: AbortSignal.timeout(STOP_CAMERAS_TIMEOUT_MS),
      });
      const { frames } = (await answer.json()) as { frames: number };
      this.#frames.see(frames);
    } catch {
      await this.#system.stop('camera');
    }
  }

  async #seeCameras(signal: AbortSignal): Promise<void> {
    try {
      const url = `${roleUrl('camera', this.#deployment)}/v1/cameras`;
      const { cameras } = await askJson<CamerasAnswer>(url, signal);
      this.#liveCameras = cameras.filter(({ state }) => state === 'live').length;
      this.#frames.see(cameras.reduce((sum, { framesInferred }) => sum + framesInferred, 0));
    } catch {
      this.#liveCameras = 0;
    }
  }

  async #waiting(signal: AbortSignal): Promise<number | undefined> {
    try {
      const url = `${roleUrl('scheduler', this.#deployment)}/v1/status`;
      return (await askJson<{ waiting: number }>(url, signal)).waiting;
    } catch {
      return undefined;
    }
  }

  async #slowLag(): Promise<number | undefined> {
    if (performance.now() - this.#lag.at < LAG_INTERVAL_MS) return this.#lag.records;
    const lag = await this.#feed.lag().catch(() => undefined);
    const records = lag && Object.values(lag).reduce((sum, count) => sum + count, 0);
    this.#lag = { at: performance.now(), records };
    return records;
  }
}
