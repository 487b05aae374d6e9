import { createLagReader, type ConnectionOptions, type LagReader } from '@riskwatch/kafka-adapter';
import { Gauge, type Registry } from 'prom-client';

export interface LagFeedOptions {
  readonly connection: ConnectionOptions;
  /** Topic by consumer group. */
  readonly consumerGroups: ReadonlyMap<string, string>;
  /** Where the lags are exported too, for whoever watches from outside. */
  readonly metrics: Registry;
}

/** How far each consumer group is behind its topic, in records. */
export class LagFeed {
  readonly #reader: LagReader;
  readonly #consumerGroups: ReadonlyMap<string, string>;
  readonly #gauge: Gauge;

  constructor({ connection, consumerGroups, metrics }: LagFeedOptions) {
    this.#reader = createLagReader({ connection });
    this.#consumerGroups = consumerGroups;
    this.#gauge = new Gauge({
      name: 'riskwatch_kafka_lag',
      help: 'Records that a consumer group has still to finish',
      labelNames: ['topic', 'consumer_group'],
      registers: [metrics],
    });
  }

  async read(signal: AbortSignal): Promise<Map<string, number>> {
    const lags = [...this.#consumerGroups].map(async ([consumerGroup, topic]) => {
      const { lag } = await this.#reader.read({ topic, consumerGroup, signal });
      this.#gauge.set({ topic, consumer_group: consumerGroup }, lag);
      return [consumerGroup, lag] as const;
    });
    return new Map(await Promise.all(lags));
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }
}
