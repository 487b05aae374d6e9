import type { ConnectionOptions } from '../client/connection-options.js';
import type { KafkaRecord } from '../client/record.js';
import { systemClock, type Clock } from '../clock.js';
import { KafkaAdapterError } from '../errors.js';
import { guarded } from '../guarded.js';
import { deadLetterTopicOf } from '../messages/topics.js';
import type { Producer } from '../producer/producer.js';
import { systemRandom, type Random } from '../random.js';
import type { ConsumerEvent } from './consumer-event.js';

/** A record with what was read from its value. */
export interface ConsumedMessage<Body> extends KafkaRecord {
  /** What `parse` made of the value; without one the value itself. */
  body: Body;
}

export interface HandleContext {
  /** Aborted when the partition is lost to another member, or when the consumer's close runs out of time. */
  signal: AbortSignal;
  /** 1 for the first try. */
  attempt: number;
}

/**
 * Works on one message and resolves when the effect is durable; only then may its offset be committed.
 * Throw `RetryLaterError` or `RejectMessageError` to say what shall become of it.
 */
export type Handle<Body> = (message: ConsumedMessage<Body>, context: HandleContext) => Promise<void> | void;

/** Where a consumer group begins in a partition that it has never committed. */
export type StartFrom = 'earliest' | 'latest' | { timestampMs: number };

export interface RetryOptions {
  /** Tries after which a record whose handler keeps failing is given up; default 10, `Infinity` for never. */
  maxAttempts?: number | undefined;
  /** Wait before the second try; doubles each time, with jitter. Default 100. */
  initialDelayMs?: number | undefined;
  /** Default 10,000. */
  maxDelayMs?: number | undefined;
}

export interface DeadLetterOptions {
  /** Default `<topic>.dlq`. */
  topic?: string | undefined;
  /** Default: one of the consumer's own, made when the first dead letter comes. */
  producer?: Producer | undefined;
  /** What the `rw-dlq-service` header says; default: the consumer group. */
  service?: string | undefined;
}

export interface ConsumerOptions<Body = Buffer | null> {
  connection: ConnectionOptions;
  topic: string;
  consumerGroup: string;
  handle: Handle<Body>;
  /** Reads the value. A `MessageError` from it sends the record to the dead letters with its code as the reason. */
  parse?: ((value: Buffer | null) => Body) | undefined;
  /** Messages worked on at once, over all partitions; never two of one key. Default 16. */
  concurrency?: number | undefined;
  /** Default `earliest`. */
  startFrom?: StartFrom | undefined;
  /** Runs for newly assigned partitions before the first of their messages is handled. */
  prepare?: ((partitions: number[], context: { signal: AbortSignal }) => Promise<void>) | undefined;
  retry?: RetryOptions | undefined;
  /** `false`: what cannot be handled is passed over, with a `skipped` event. */
  deadLetters?: DeadLetterOptions | false | undefined;
  /** Records fetched and not done, per partition, at which fetching pauses; default 4 × concurrency, at least 100. */
  maxBufferedRecords?: number | undefined;
  /** Their bytes, over all partitions; default 64 MiB. One fetch may overshoot by 1 MiB a partition. */
  maxBufferedBytes?: number | undefined;
  /** After a crash about so much finished work is repeated; default 150. */
  commitIntervalMs?: number | undefined;
  /** How long a frozen or killed member keeps its partitions; default 6,000. The same for all of a group. */
  sessionTimeoutMs?: number | undefined;
  /** An error from it becomes a process warning; the work goes on. */
  onEvent?: ((event: ConsumerEvent) => void) | undefined;
  clock?: Clock | undefined;
  random?: Random | undefined;
}

export interface ResolvedConsumerOptions<Body> {
  connection: ConnectionOptions;
  topic: string;
  consumerGroup: string;
  handle: Handle<Body>;
  parse: (value: Buffer | null) => Body;
  concurrency: number;
  startFrom: StartFrom;
  prepare: ((partitions: number[], context: { signal: AbortSignal }) => Promise<void>) | undefined;
  maxAttempts: number;
  initialDelayMs: number;
  maxDelayMs: number;
  deadLetters: { topic: string; producer: Producer | undefined; service: string } | undefined;
  maxBufferedRecords: number;
  maxBufferedBytes: number;
  commitIntervalMs: number;
  sessionTimeoutMs: number;
  onEvent: (event: ConsumerEvent) => void;
  clock: Clock;
  random: Random;
}

export const resolveConsumerOptions = <Body>(
  options: ConsumerOptions<Body>,
): ResolvedConsumerOptions<Body> => {
  const { topic, consumerGroup, concurrency = 16, retry = {}, deadLetters = {}, onEvent } = options;
  if (topic === '') throw new KafkaAdapterError('invalid_options', 'topic must be a name, not empty');
  if (consumerGroup === '')
    throw new KafkaAdapterError('invalid_options', 'consumerGroup must be a name, not empty');
  const numbers = {
    concurrency,
    maxAttempts: retry.maxAttempts ?? 10,
    initialDelayMs: retry.initialDelayMs ?? 100,
    maxDelayMs: retry.maxDelayMs ?? 10_000,
    maxBufferedRecords: options.maxBufferedRecords ?? Math.max(100, 4 * concurrency),
    maxBufferedBytes: options.maxBufferedBytes ?? 64 * 1024 * 1024,
    commitIntervalMs: options.commitIntervalMs ?? 150,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 6_000,
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (!(value > 0))
      throw new KafkaAdapterError('invalid_options', `${name} must be greater than 0, not ${value}`);
  }
  return {
    ...numbers,
    connection: options.connection,
    topic,
    consumerGroup,
    handle: options.handle,
    // Without `parse` the body is the value, which is what `Body` defaults to.
    parse: options.parse ?? ((value) => value as Body),
    startFrom: options.startFrom ?? 'earliest',
    prepare: options.prepare,
    deadLetters:
      deadLetters === false
        ? undefined
        : {
            topic: deadLetters.topic ?? deadLetterTopicOf(topic),
            producer: deadLetters.producer,
            service: deadLetters.service ?? consumerGroup,
          },
    onEvent: guarded(onEvent ?? (() => undefined)),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  };
};
