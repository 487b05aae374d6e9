import { isDefiniteRefusal, toAdapterError } from '../client/client-error.js';
import { ProducerClient, type StoredAt } from '../client/producer-client.js';
import { delay, settlesWithin, timerMs } from '../delay.js';
import { KafkaAdapterError } from '../errors.js';
import { FrontQueue, type QueueEntry } from './front-queue.js';
import { toOutgoing, type RecordToSend } from './outgoing.js';
import {
  resolveProducerOptions,
  type ProducerOptions,
  type ResolvedProducerOptions,
} from './producer-options.js';

export interface SendOptions {
  /** How long the caller waits; default: the producer's `deadlineMs`. */
  deadlineMs?: number | undefined;
  /** Gives up waiting when aborted. A record that is already on its way may still be stored. */
  signal?: AbortSignal | undefined;
}

export interface ProducerStats {
  queuedRecords: number;
  queuedBytes: number;
  /** How long the request under way has been; 0 when there is none. Seconds mean that the broker is away. */
  inFlightMs: number;
}

/** Sends records so that what was acknowledged is stored, once, in the order of the calls. */
export interface Producer {
  /**
   * Resolves when all in-sync replicas have the record. Waits through broker outages.
   *
   * @throws KafkaAdapterError `invalid_record`, `record_too_large`, `queue_full`, `deadline_exceeded`, `closed`,
   *   `unknown_topic`, `not_authorized`, `refused`; `maybeStored` says whether it may be in the topic all the same.
   *   The signal's reason when aborted.
   */
  send(record: RecordToSend, options?: SendOptions): Promise<StoredAt>;
  /** Resolves when nothing waits and nothing is on its way; what is sent meanwhile is waited for as well. */
  flush(): Promise<void>;
  stats(): ProducerStats;
  /** Takes nothing more, sends what waits; what is left at the deadline (default 10 s) is rejected. */
  close(options?: { deadlineMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Creates a producer; it connects with the first record. */
export const createProducer = (options: ProducerOptions): Producer =>
  new QueuedProducer(resolveProducerOptions(options));

interface SendEntry extends QueueEntry {
  resolve(stored: StoredAt): void;
  reject(error: unknown): void;
}

const unclearFailuresAllowed = 3;
const retryMs = 200;
const closeDeadlineMs = 10_000;

/**
 * kafkajs loses acknowledged records when an idempotent producer has two sends in flight or goes on after a rejected
 * one (its sequence numbers run back). So: one send at a time, everything else waits and makes up the next batch; and
 * after a rejection a new producer.
 */
class QueuedProducer implements Producer {
  readonly #options: ResolvedProducerOptions;
  readonly #queue: FrontQueue<SendEntry>;
  #client: ProducerClient | undefined;
  #running: Promise<void> | undefined;
  #sendingSince: number | undefined;
  #closed: Promise<void> | undefined;
  readonly #ending = new AbortController();

  constructor(options: ResolvedProducerOptions) {
    this.#options = options;
    this.#queue = new FrontQueue({
      maxRecords: options.maxQueuedRecords,
      maxBytes: options.maxQueuedBytes,
      maxBatchRecords: options.maxBatchRecords,
      maxTopicBytes: options.maxRecordBytesOf,
    });
  }

  async send(record: RecordToSend, { deadlineMs = this.#options.deadlineMs, signal }: SendOptions = {}) {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw new KafkaAdapterError('closed', 'the producer is closed');
    const { outgoing, bytes } = toOutgoing(record);
    const largest = this.#options.maxRecordBytesOf(record.topic);
    if (bytes > largest) {
      throw new KafkaAdapterError(
        'record_too_large',
        `${bytes} bytes, ${record.topic} takes at most ${largest}`,
      );
    }
    if (!this.#queue.hasRoomFor(bytes)) {
      const { records, bytes: queued } = this.#queue;
      throw new KafkaAdapterError('queue_full', `${records} records (${queued} bytes) wait already`);
    }
    return new Promise<StoredAt>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const entry: SendEntry = {
        record: outgoing,
        bytes,
        state: 'waiting',
        failures: 0,
        alone: false,
        resolve: (stored) => {
          settle();
          resolve(stored);
        },
        reject: (error) => {
          settle();
          reject(error as Error);
        },
      };
      const giveUp = (error: unknown) => {
        if (entry.state === 'waiting') {
          entry.state = 'gone';
          this.#queue.release(entry);
        }
        entry.reject(error);
      };
      const onAbort = () => giveUp(signal?.reason);
      const onDeadline = () => {
        const maybeStored = entry.state === 'sending' || entry.failures > 0;
        const where = maybeStored ? 'on its way' : 'waiting';
        const message = `not stored in ${record.topic} within ${deadlineMs} ms, still ${where}`;
        giveUp(new KafkaAdapterError('deadline_exceeded', message, { maybeStored }));
      };
      const timer = deadlineMs === undefined ? undefined : setTimeout(onDeadline, timerMs(deadlineMs));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.add(entry);
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // Calls made in the same turn travel together.
    await Promise.resolve();
    for (let batch = this.#queue.takeBatch(); batch.length > 0; batch = this.#queue.takeBatch()) {
      await this.#sendBatch(batch);
    }
    this.#running = undefined;
  }

  async #sendBatch(batch: SendEntry[]): Promise<void> {
    this.#client ??= new ProducerClient(this.#options.connection);
    this.#sendingSince = this.#options.clock.now();
    try {
      const stored = await this.#client.send(batch.map(({ record }) => record));
      batch.forEach((entry, index) => {
        this.#queue.release(entry);
        entry.resolve(stored[index]!);
      });
    } catch (error) {
      // Its producer id is spent, whatever the reason.
      this.#client?.destroy();
      this.#client = undefined;
      await this.#afterFailure(batch, toAdapterError(error, 'sending'));
    } finally {
      this.#sendingSince = undefined;
    }
  }

  async #afterFailure(batch: SendEntry[], error: KafkaAdapterError): Promise<void> {
    const { signal } = this.#ending;
    const isRefusal = isDefiniteRefusal(error);
    const [first] = batch;
    if (!isRefusal) for (const entry of batch) entry.failures += 1;
    const isHopeless =
      signal.aborted ||
      isRefusal ||
      (error.code === 'refused' && (first?.failures ?? 0) >= unclearFailuresAllowed);
    const isForAll = error.code === 'not_authorized' || error.code === 'unknown_topic';
    const isOneTopic = batch.every(({ record }) => record.topic === first?.record.topic);
    if (isHopeless && (batch.length === 1 || signal.aborted || (isForAll && isOneTopic))) {
      for (const entry of batch) {
        this.#queue.release(entry);
        const maybeStored = entry.failures > 0;
        const code = signal.aborted ? 'closed' : error.code;
        entry.reject(new KafkaAdapterError(code, error.message, { cause: error, maybeStored }));
      }
      return;
    }
    // Only one of them is to blame: each goes out by itself, so that the others are stored.
    if (isHopeless) for (const entry of batch) Object.assign(entry, { alone: true, failures: 0 });
    this.#queue.putBack(batch);
    if (!isRefusal) await delay(retryMs, signal).catch(() => undefined);
  }

  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  stats(): ProducerStats {
    const { records, bytes } = this.#queue;
    const since = this.#sendingSince;
    const inFlightMs = since === undefined ? 0 : this.#options.clock.now() - since;
    return { queuedRecords: records, queuedBytes: bytes, inFlightMs };
  }

  close({ deadlineMs = closeDeadlineMs }: { deadlineMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#end(deadlineMs);
    return this.#closed;
  }

  async #end(deadlineMs: number): Promise<void> {
    if (!(await settlesWithin(this.flush(), deadlineMs))) {
      for (const entry of this.#queue.drain()) {
        this.#queue.release(entry);
        const maybeStored = entry.failures > 0;
        entry.reject(new KafkaAdapterError('closed', 'the producer was closed before', { maybeStored }));
      }
      this.#ending.abort();
      this.#client?.destroy();
      await this.flush();
    }
    await this.#client?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
