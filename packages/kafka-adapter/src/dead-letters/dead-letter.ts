import type { KafkaRecord, RecordHeaders } from '../client/record.js';
import type { MessageErrorCode } from '../messages/message-error.js';
import { timestampOf } from '../messages/timestamp.js';
import type { RecordToSend } from '../producer/outgoing.js';

/** Why a record was given up. */
export type DeadLetterReason = MessageErrorCode | 'attempts-exhausted' | 'rejected';

/** Names of the headers that a dead letter has beside the original ones. All values are text. */
export const deadLetterHeaders = {
  topic: 'rw-dlq-topic',
  partition: 'rw-dlq-partition',
  offset: 'rw-dlq-offset',
  /** The original record's time, ISO-8601; as it was where it is no time. */
  timestamp: 'rw-dlq-timestamp',
  /** The consumer group that gave up. */
  group: 'rw-dlq-group',
  reason: 'rw-dlq-reason',
  /** The error's words, at most 1,000 bytes. */
  error: 'rw-dlq-error',
  attempts: 'rw-dlq-attempts',
  /** When it was given up, ISO-8601. */
  at: 'rw-dlq-at',
  service: 'rw-dlq-service',
  /** `topic/partition/offset/group`: the same for each copy of one dead letter. */
  id: 'rw-dlq-id',
} as const;

export interface DeadLetterContext {
  /** The dead letters' topic. */
  topic: string;
  consumerGroup: string;
  service: string;
  reason: DeadLetterReason;
  error: string;
  attempts: number;
  /** Milliseconds since 1970. */
  nowMs: number;
}

const maxErrorBytes = 1_000;
/** The end of ECMAScript's time. */
const lastMomentMs = 8.64e15;

/** The dead letter for a record: key, value and headers as they were, plus what happened. */
export const deadLetterOf = (record: KafkaRecord, context: DeadLetterContext): RecordToSend => {
  const { topic, partition, offset, timestamp, key, value, headers } = record;
  const id = `${topic}/${partition}/${offset}/${context.consumerGroup}`;
  const names = deadLetterHeaders;
  return {
    topic: context.topic,
    // A record without a key gets its own address for one: a key is what the producer cannot do without.
    key: key === null || key.byteLength === 0 ? id : key,
    value,
    headers: {
      ...(headers as Record<string, Buffer | Buffer[]>),
      // What an earlier hop noted about the first place is kept.
      ...missing(headers, {
        [names.topic]: topic,
        [names.partition]: String(partition),
        [names.offset]: String(offset),
        [names.timestamp]: originalTimeOf(timestamp),
        [names.group]: context.consumerGroup,
        [names.id]: id,
      }),
      [names.reason]: context.reason,
      [names.error]: cutToBytes(redact(context.error), maxErrorBytes),
      [names.attempts]: String(context.attempts),
      [names.at]: timestampOf(context.nowMs),
      [names.service]: context.service,
    },
  };
};

/** A producer may have written any number; one that is no moment in milliseconds stays a number. */
const originalTimeOf = (timestamp: number): string =>
  Math.abs(timestamp) <= lastMomentMs ? timestampOf(timestamp) : String(timestamp);

const missing = (headers: RecordHeaders, added: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(added).filter(([name]) => headers[name] === undefined));

const cutToBytes = (text: string, maxBytes: number): string => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.byteLength <= maxBytes) return text;
  // Cutting inside a character leaves U+FFFD at the end.
  return bytes
    .subarray(0, maxBytes)
    .toString('utf8')
    .replace(/\uFFFD$/u, '');
};

/** Credentials that error texts of HTTP clients and drivers are known to quote. */
const redact = (text: string): string =>
  text
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 ***')
    .replace(/\b(sk|key|pk)-[\w-]{8,}/gi, '$1-***')
    .replace(/(:\/\/[^:/\s]+:)[^@/\s]+@/g, '$1***@')
    .replace(/\b(api[-_]?key|password|secret|token)(["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi, '$1$2***');
