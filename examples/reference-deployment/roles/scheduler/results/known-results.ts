import { setTimeout as sleep } from 'node:timers/promises';
import { readFirstResults, type FirstResults, type FirstResultsOptions } from '@riskwatch/kafka-adapter';
import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import type { Logger } from 'pino';
import type { Health } from '../../../role-process/health.js';

export interface KnownResultsOptions extends Pick<
  FirstResultsOptions,
  'connection' | 'topic' | 'windowMs' | 'maxKeptBytes'
> {
  readonly health: Pick<Health, 'set'>;
  readonly log: Logger;
  /** For tests; else the topic's reader. */
  readonly readFirstResults?: typeof readFirstResults;
}

const RETRY_MS = 500;

/**
 * What was published, whoever published it: the first result of a task is its verdict, so a task that comes again is
 * answered with that. Fed by the tail of every partition of the results topic.
 */
export class KnownResults {
  readonly #options: KnownResultsOptions;
  /** Published by us and not yet seen in the tail. */
  readonly #ours = new Map<string, RiskAssessment>();
  #tail: FirstResults | undefined;

  constructor(options: KnownResultsOptions) {
    this.#options = options;
  }

  /**
   * Reads what was published and goes on following. Resolves when all of it is known; waits for a topic or broker
   * that is not there yet.
   * @throws the signal's reason
   */
  async follow(signal: AbortSignal): Promise<void> {
    const { connection, topic, windowMs, maxKeptBytes, health, log } = this.#options;
    const read = this.#options.readFirstResults ?? readFirstResults;
    for (;;) {
      signal.throwIfAborted();
      let tail: FirstResults | undefined;
      try {
        health.set('published results', 'being read');
        tail = await read({
          connection,
          topic,
          windowMs,
          maxKeptBytes,
          onFirst: ({ requestId }) => this.#ours.delete(requestId),
          onRepeat: ({ requestId }) =>
            log.warn({ taskId: requestId }, 'a task has a second result; the first one counts'),
          onError: (error) => log.warn({ err: error }, 'following the results'),
          signal,
        });
        await tail.caughtUp({ signal });
        this.#tail = tail;
        health.set('published results');
        log.info({ results: tail.size }, 'published results are known');
        return;
      } catch (error) {
        await tail?.close();
        signal.throwIfAborted();
        health.set('published results', error instanceof Error ? error.message : String(error));
        await sleep(RETRY_MS, undefined, { signal });
      }
    }
  }

  /** A result of ours is durable; from now on it is the answer. */
  published(result: RiskAssessment): void {
    if (this.#tail?.get(result.requestId) === undefined) this.#ours.set(result.requestId, result);
  }

  /**
   * The result that a task has already, if it has one.
   * @param signal ends the reading of an older one
   * @throws KafkaAdapterError where an older one cannot be read now; the signal's reason
   */
  async find(taskId: string, signal?: AbortSignal): Promise<RiskAssessment | undefined> {
    return this.#ours.get(taskId) ?? this.#tail?.read(taskId, signal && { signal });
  }

  /** Results remembered. */
  get size(): number {
    return (this.#tail?.size ?? 0) + this.#ours.size;
  }

  async close(): Promise<void> {
    await this.#tail?.close();
  }
}
