import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaAdapterError, type Producer } from '@riskwatch/kafka-adapter';
import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import type { Health } from '../../../role-process/health.js';
import { childTrace } from './trace-parent.js';

export interface ResultLogOptions {
  readonly producer: Pick<Producer, 'send'>;
  readonly topic: string;
  readonly health: Pick<Health, 'set'>;
  /** Ends the waiting for a broker that does not come back. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 500;

/** The only writer of results. */
export class ResultLog {
  readonly #options: ResultLogOptions;

  constructor(options: ResultLogOptions) {
    this.#options = options;
    // Every result on its way listens to it.
    setMaxListeners(0, options.signal);
  }

  /**
   * Publishes a result and resolves once every in-sync replica has it. It tries for as long as the
   * scheduler lives: a result that cannot be published now is the same result later.
   * @param traceparent of the task
   * @throws the signal's reason, or KafkaAdapterError for a record that no broker would take
   */
  async publish(result: RiskAssessment, traceparent?: string): Promise<void> {
    const { producer, topic, health, signal } = this.#options;
    const record = {
      topic,
      key: result.requestId,
      value: JSON.stringify(result),
      headers: { 'content-type': 'application/json', traceparent: childTrace(traceparent) },
    };
    for (;;) {
      try {
        await producer.send(record, { signal });
        health.set('results');
        return;
      } catch (error) {
        if (!(error instanceof KafkaAdapterError)) throw error;
        if (error.code === 'invalid_record' || error.code === 'record_too_large') throw error;
        signal.throwIfAborted();
        health.set('results', `cannot be published: ${error.message}`);
        await sleep(RETRY_MS, undefined, { signal });
      }
    }
  }
}
