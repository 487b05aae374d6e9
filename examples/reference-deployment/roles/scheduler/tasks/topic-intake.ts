import {
  createConsumer,
  headerText,
  RetryLaterError,
  type ConnectionOptions,
  type Consumer,
  type ConsumedMessage,
  type Producer,
} from '@riskwatch/kafka-adapter';
import { MessageError } from '@riskwatch/kafka-adapter/messages';
import type { Logger } from 'pino';
import { BusyError, UnavailableError, type Assessor } from './assessor.js';
import { readSubmission, UnreadableTaskError, type Submission } from './submission.js';

export const SCHEDULER_CONSUMER_GROUP = 'riskwatch-scheduler';

export interface TopicIntakeOptions {
  readonly connection: ConnectionOptions;
  readonly topic: string;
  readonly deadLetterTopic: string;
  /** For dead letters. */
  readonly producer: Producer;
  readonly concurrency: number;
  readonly assessor: Pick<Assessor, 'assess'>;
  readonly log: Logger;
  readonly now: () => number;
}

const UNAVAILABLE_RETRY_MS = 500;

/**
 * Takes tasks from their topic. A task is done when its result is durable, whatever the result is; only bytes without
 * a task id become dead letters. When too much waits for a key the topic waits too.
 */
export function topicIntake(options: TopicIntakeOptions): Consumer {
  const { connection, topic, deadLetterTopic, producer, concurrency, assessor, log, now } = options;
  return createConsumer<Submission>({
    connection,
    topic,
    consumerGroup: SCHEDULER_CONSUMER_GROUP,
    concurrency,
    parse: (value) => readRecord(value, now()),
    handle: (message) => takeTask(message, assessor, now()),
    // What failed here is our fault or the broker's, and the task is whole: it comes again until it is done.
    retry: { maxAttempts: Infinity },
    deadLetters: { topic: deadLetterTopic, producer, service: 'scheduler' },
    onEvent: (event) => {
      if (event.type === 'assigned' || event.type === 'lost') log.debug(event, 'task partitions');
      else if ('error' in event) log.warn({ ...event, error: undefined, err: event.error }, 'task intake');
      else log.warn(event, 'task intake');
    },
  });
}

/** @throws {MessageError} for bytes without a task id */
export function readRecord(value: Buffer | null, receivedAt: number): Submission {
  if (value === null) throw new MessageError('invalid-json', 'AssessmentTask: the record has no value');
  try {
    return readSubmission(value, { receivedAt });
  } catch (error) {
    throw error instanceof UnreadableTaskError ? error.cause : error;
  }
}

export async function takeTask(
  message: Pick<ConsumedMessage<Submission>, 'body' | 'headers'>,
  assessor: Pick<Assessor, 'assess'>,
  receivedAt: number,
): Promise<void> {
  const traceparent = headerText(message.headers, 'traceparent');
  try {
    await assessor.assess({ ...message.body, receivedAt, traceparent });
  } catch (error) {
    if (error instanceof BusyError) throw new RetryLaterError({ delayMs: error.retryAfterMs });
    if (error instanceof UnavailableError) throw new RetryLaterError({ delayMs: UNAVAILABLE_RETRY_MS });
    throw error;
  }
}
