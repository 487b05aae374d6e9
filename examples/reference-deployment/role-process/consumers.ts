import {
  createConsumer,
  type Consumer,
  type ConsumerEvent,
  type ConsumerOptions,
} from '@riskwatch/kafka-adapter';
import { Counter, Gauge } from 'prom-client';
import { kafkaConnection } from './kafka-connection.js';
import type { RoleContext } from './run-role.js';

const CHECK_MS = 500;
/** Of the ten seconds that a role has to stop. */
const CLOSE_DEADLINE_MS = 6_000;

export interface RoleConsumerOptions<Body> extends Pick<
  ConsumerOptions<Body>,
  'topic' | 'consumerGroup' | 'concurrency' | 'parse' | 'handle'
> {
  /**
   * Whether this consumer group writes dead letters. Of several groups on one topic one is enough; the others pass over
   * what cannot be read, and count it.
   */
  readonly deadLetters: boolean;
}

/** What a role consumes: started in the background, watched, counted, and closed at the end. */
export class Consumers {
  readonly #context: RoleContext;
  readonly #running = new Map<string, Consumer>();
  readonly #events: Counter;
  readonly #deadLetters: Counter;
  readonly #check: NodeJS.Timeout;

  constructor(context: RoleContext) {
    this.#context = context;
    const registers = [context.metrics];
    this.#events = new Counter({
      name: 'riskwatch_consumer_events_total',
      help: 'What happened to a consumer group: assigned, lost, handler-failed, skipped, restarting …',
      labelNames: ['consumer_group', 'type'],
      registers,
    });
    this.#deadLetters = new Counter({
      name: 'riskwatch_dead_letters_total',
      help: 'Records given up and kept in the dead letters',
      labelNames: ['consumer_group', 'reason'],
      registers,
    });
    const gauge = (name: string, help: string, value: (consumer: Consumer) => number) => {
      const running = this.#running;
      new Gauge({
        name,
        help,
        labelNames: ['consumer_group'],
        registers,
        collect() {
          for (const [group, consumer] of running) this.set({ consumer_group: group }, value(consumer));
        },
      });
    };
    gauge(
      'riskwatch_consumer_partitions',
      'Partitions that this process owns',
      (c) => c.stats().partitions.length,
    );
    gauge('riskwatch_consumer_in_flight', 'Records in work', (c) => c.stats().inFlight);
    gauge('riskwatch_consumer_waiting', 'Records fetched and not begun', (c) => c.stats().waiting);
    gauge(
      'riskwatch_consumer_oldest_in_flight_seconds',
      'Age of the oldest record in work',
      (c) => c.stats().oldestInFlightMs / 1_000,
    );
    this.#check = setInterval(() => this.#look(), CHECK_MS);
  }

  /** Begins to consume; until the group is joined, and whenever it is not, the role is not ready. */
  add<Body>({ deadLetters, ...options }: RoleConsumerOptions<Body>): void {
    const { signal, fail } = this.#context;
    const consumer = createConsumer<Body>({
      ...options,
      connection: kafkaConnection(this.#context),
      // Whatever failed here is no fault of the record: it stays until it can be done.
      retry: { maxAttempts: Infinity },
      ...(!deadLetters && { deadLetters: false as const }),
      onEvent: (event) => this.#note(options.consumerGroup, event),
    });
    this.#running.set(options.consumerGroup, consumer);
    this.#look();
    consumer.start({ signal }).catch((error: unknown) => {
      if (!signal.aborted) fail(error);
    });
  }

  /** Lets what is in work end, commits, and leaves the groups. */
  async close(): Promise<void> {
    clearInterval(this.#check);
    const consumers = [...this.#running.values()];
    await Promise.all(consumers.map((consumer) => consumer.close({ deadlineMs: CLOSE_DEADLINE_MS })));
  }

  #look(): void {
    for (const [group, consumer] of this.#running) {
      const { ok, reasons } = consumer.health();
      this.#context.health.set(`consumer group ${group}`, ok ? undefined : reasons.join('; '));
    }
  }

  #note(consumerGroup: string, event: ConsumerEvent): void {
    const { log } = this.#context;
    this.#events.inc({ consumer_group: consumerGroup, type: event.type });
    if (event.type === 'dead-letter') {
      this.#deadLetters.inc({ consumer_group: consumerGroup, reason: event.reason });
    }
    if ('error' in event) {
      const { error, ...rest } = event;
      log.warn({ consumerGroup, ...rest, err: error }, 'consuming');
    } else log.info({ consumerGroup, ...event }, 'consuming');
  }
}
