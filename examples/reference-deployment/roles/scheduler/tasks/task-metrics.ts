import type { RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds; 2 is the goal and has a boundary of its own. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 5, 10, 30];

/** What the scheduler counts about tasks. */
export class TaskMetrics {
  readonly #tasks;
  readonly #wait;
  readonly #provider;
  readonly #duplicates;
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    const registers = (this.#registers = [registry]);
    this.#tasks = new Counter({
      name: 'riskwatch_tasks_total',
      help: 'Tasks that got their final result, by outcome: succeeded or the code of the failure.',
      labelNames: ['outcome'],
      registers,
    });
    this.#wait = new Histogram({
      name: 'riskwatch_task_wait_seconds',
      help: 'Seconds that a task waited for a key.',
      buckets: [0.005, 0.01, 0.025, ...SECONDS],
      registers,
    });
    this.#provider = new Histogram({
      name: 'riskwatch_provider_seconds',
      help: 'Seconds of one call to the model, by what came of it.',
      labelNames: ['outcome'],
      buckets: SECONDS,
      registers,
    });
    this.#duplicates = new Counter({
      name: 'riskwatch_duplicate_tasks_total',
      help: 'Tasks handed in again: joined a call in flight, or answered from what was published.',
      labelNames: ['how'],
      registers,
    });
  }

  finished(result: RiskAssessment): void {
    this.#tasks.inc({ outcome: result.status === 'succeeded' ? 'succeeded' : result.error.code });
    this.#wait.observe(result.timings.waitMs / 1_000);
    for (const attempt of result.attempts) {
      this.#provider.observe({ outcome: attempt.outcome }, attempt.ms / 1_000);
    }
  }

  duplicate(how: 'joined' | 'answered'): void {
    this.#duplicates.inc({ how });
  }

  /** What is there rather than what happened, read whenever the metrics are. */
  watch(present: { readonly inHand: () => number; readonly known: () => number }): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: this.#registers,
        collect() {
          this.set(read());
        },
      });
    gauge('riskwatch_tasks_in_hand', 'Tasks taken that have no result yet.', present.inHand);
    gauge(
      'riskwatch_known_results',
      'Published results by which a repeated task is answered.',
      present.known,
    );
  }
}
