import { createLagReader, type ConnectionOptions, type LagReader } from '@riskwatch/kafka-adapter';

export interface LagFeedOptions {
  readonly connection: ConnectionOptions;
  /** Topic by consumer group. */
  readonly consumerGroups: ReadonlyMap<string, string>;
}

/** How far each consumer group is behind its topic, in records. */
export class LagFeed {
  readonly #reader: LagReader;
  readonly #consumerGroups: ReadonlyMap<string, string>;

  constructor({ connection, consumerGroups }: LagFeedOptions) {
    this.#reader = createLagReader({ connection });
    this.#consumerGroups = consumerGroups;
  }

  async read(signal: AbortSignal): Promise<Map<string, number>> {
    const lags = [...this.#consumerGroups].map(
      async ([consumerGroup, topic]) =>
        [consumerGroup, (await this.#reader.read({ topic, consumerGroup, signal })).lag] as const,
    );
    return new Map(await Promise.all(lags));
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }
}
