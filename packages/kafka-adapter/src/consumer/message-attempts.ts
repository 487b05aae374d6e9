import { delay } from '../delay.js';
import { deadLetterOf, type DeadLetterReason } from '../dead-letters/dead-letter.js';
import type { KafkaRecord } from '../client/record.js';
import { MessageError } from '../messages/message-error.js';
import { createProducer, type Producer } from '../producer/producer.js';
import type { RecordAddress } from './consumer-event.js';
import type { ResolvedConsumerOptions } from './consumer-options.js';
import { RejectMessageError, RetryLaterError } from './control-errors.js';

/** How a wait between tries gives up its place among those that work at once, and gets it back. */
export interface WorkPlace {
  leave(): void;
  comeBack(): Promise<void>;
}

const deadLetterRetryMs = 1_000;

/** Brings one record to its end: handled, dead letter, or skipped. */
export class MessageAttempts<Body> {
  readonly #options: ResolvedConsumerOptions<Body>;
  #ownProducer: Producer | undefined;
  #failingSince: number | undefined;

  constructor(options: ResolvedConsumerOptions<Body>) {
    this.#options = options;
  }

  /** When dead letters began to fail; `undefined` while they do not. */
  get failingSince(): number | undefined {
    return this.#failingSince;
  }

  /**
   * Resolves when the record's effect is durable.
   *
   * @throws the signal's reason when aborted; the record is then not done.
   */
  async complete(record: KafkaRecord, signal: AbortSignal, place: WorkPlace): Promise<void> {
    const { parse, handle, maxAttempts, onEvent } = this.#options;
    const address = addressOf(record);
    let failures = 0;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        const body = parse(record.value);
        await handle({ ...record, body }, { signal, attempt });
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof RetryLaterError) {
          await this.#wait(error.delayMs, signal, place);
          continue;
        }
        if (error instanceof MessageError)
          return this.#giveUp(record, error.code, error, attempt, signal, place);
        if (error instanceof RejectMessageError) {
          return this.#giveUp(record, 'rejected', error, attempt, signal, place);
        }
        failures += 1;
        onEvent({ type: 'handler-failed', record: address, attempt, error });
        if (failures >= maxAttempts) {
          return this.#giveUp(record, 'attempts-exhausted', error, attempt, signal, place);
        }
        await this.#wait(this.#backoffMs(failures), signal, place);
      }
    }
  }

  #backoffMs(failures: number): number {
    const { initialDelayMs, maxDelayMs, random } = this.#options;
    // The upper half of the doubled delay: never soon, never all at once.
    return Math.min(maxDelayMs, initialDelayMs * 2 ** (failures - 1)) * (0.5 + random() / 2);
  }

  async #wait(ms: number, signal: AbortSignal, place: WorkPlace): Promise<void> {
    place.leave();
    try {
      await delay(ms, signal);
    } finally {
      await place.comeBack();
    }
  }

  async #giveUp(
    record: KafkaRecord,
    reason: DeadLetterReason,
    error: unknown,
    attempts: number,
    signal: AbortSignal,
    place: WorkPlace,
  ): Promise<void> {
    const { deadLetters, consumerGroup, clock, onEvent } = this.#options;
    const address = addressOf(record);
    if (deadLetters === undefined) return onEvent({ type: 'skipped', record: address, reason, error });
    const letter = deadLetterOf(record, {
      topic: deadLetters.topic,
      service: deadLetters.service,
      consumerGroup,
      reason,
      error: error instanceof Error ? error.message : String(error),
      attempts,
      nowMs: clock.now(),
    });
    for (;;) {
      try {
        await this.#producer().send(letter, { signal });
        this.#failingSince = undefined;
        return onEvent({ type: 'dead-letter', record: address, reason, error });
      } catch (failure) {
        signal.throwIfAborted();
        this.#failingSince ??= clock.now();
        onEvent({ type: 'dead-letter-failed', record: address, error: failure });
        await this.#wait(deadLetterRetryMs, signal, place);
      }
    }
  }

  #producer(): Producer {
    const given = this.#options.deadLetters?.producer;
    if (given !== undefined) return given;
    this.#ownProducer ??= createProducer({ connection: this.#options.connection });
    return this.#ownProducer;
  }

  async close(): Promise<void> {
    await this.#ownProducer?.close();
  }
}

const addressOf = ({ topic, partition, offset }: KafkaRecord): RecordAddress => ({
  topic,
  partition,
  offset,
});
