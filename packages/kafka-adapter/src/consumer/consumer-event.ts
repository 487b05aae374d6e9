import type { DeadLetterReason } from '../dead-letters/dead-letter.js';

/** Where a record lies. */
export interface RecordAddress {
  topic: string;
  partition: number;
  offset: number;
}

/** What an operator may want to know; each is also a reason to count something. */
export type ConsumerEvent =
  | { type: 'assigned'; partitions: number[] }
  | { type: 'lost'; partitions: number[] }
  /** The handler threw something that is no control error; the record is tried again, or given up. */
  | { type: 'handler-failed'; record: RecordAddress; attempt: number; error: unknown }
  | { type: 'dead-letter'; record: RecordAddress; reason: DeadLetterReason; error: unknown }
  /** A record that cannot be handled was passed over, since dead letters are switched off. */
  | { type: 'skipped'; record: RecordAddress; reason: DeadLetterReason; error: unknown }
  /** The dead letter could not be written; it is tried again, its key waits. */
  | { type: 'dead-letter-failed'; record: RecordAddress; error: unknown }
  | { type: 'commit-failed'; error: unknown }
  /** Records between two offsets were deleted by retention before this consumer group had read them. */
  | { type: 'records-missed'; partition: number; fromOffset: number; toOffset: number }
  /** The partition now ends before what was read: its topic was made anew, or its log was cut. */
  | { type: 'partition-reset'; partition: number; expectedOffset: number; foundOffset: number }
  /** Newly assigned partitions cannot be worked on yet; it is tried again. */
  | { type: 'setup-failed'; partitions: number[]; error: unknown }
  /** The brokers are away, the topic is missing, or the client below gave up; it goes on by itself. */
  | { type: 'interrupted'; error: Error };
