import { setMaxListeners } from 'node:events';
import { isInlineImage, type AssessmentTask, type RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { KeyPoolError } from '@riskwatch/keypool';
import type { Logger } from 'pino';
import type { Policy } from '../../../config/policy.js';
import { MAX_IMAGE_BYTES } from '../image/picture.js';
import type { Judge } from '../model/judge.js';
import { floorFor } from '../model/floor.js';
import type { KnownResults } from '../results/known-results.js';
import type { ResultLog } from '../results/result-log.js';
import type { TaskMetrics } from './task-metrics.js';
import { failure, failureOf } from './failure.js';
import { Journal } from './journal.js';
import { failed, succeeded } from './result.js';
import { identityOf, type Submission } from './submission.js';

/** Not now, but the task can still be done: come back after `retryAfterMs`. Nothing was published. */
export class BusyError extends Error {
  readonly code = 'busy';
  override readonly name = 'BusyError';
  constructor(readonly retryAfterMs: number) {
    super(`too much work is waiting; come back in ${retryAfterMs} ms`);
  }
}

/** The scheduler is not taking work: it stops, or has not read yet what was published. Nothing was published. */
export class UnavailableError extends Error {
  readonly code = 'unavailable';
  override readonly name = 'UnavailableError';
}

export interface AssessorOptions {
  readonly judge: Pick<Judge, 'judge'>;
  readonly known: Pick<KnownResults, 'find' | 'published'>;
  readonly log: Pick<ResultLog, 'publish'>;
  readonly policy: Pick<Policy, 'version' | 'floor'>;
  readonly metrics: TaskMetrics;
  readonly logger: Logger;
  /** Bodies and fetched pictures held at once, bytes; beyond it callers are told to come back. */
  readonly maxBytes: number;
  readonly now: () => number;
}

const RETRY_AFTER_MS = 1_000;
const STARTING = 'the published results are not read yet';
const STOPPING = 'the scheduler is stopping';

/** Leads each task to its one final result, whichever way and however often it is handed in. */
export class Assessor {
  readonly #options: AssessorOptions;
  readonly #working = new Map<string, Promise<RiskAssessment>>();
  readonly #stop = new AbortController();
  #bytes = 0;
  /** Why no work is taken. */
  #closed: string | undefined = STARTING;

  constructor(options: AssessorOptions) {
    this.#options = options;
    // Every task in hand listens to it.
    setMaxListeners(0, this.#stop.signal);
  }

  /** What was published is known; from now on work is taken. */
  open(): void {
    if (this.#closed === STARTING) this.#closed = undefined;
  }

  /** Takes no new work, waits for what is in hand, and gives up after `deadlineMs` what is still without a result. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = STOPPING;
    const all = Promise.allSettled(this.#working.values());
    const timer = setTimeout(() => this.#stop.abort(new UnavailableError(STOPPING)), deadlineMs);
    await all;
    clearTimeout(timer);
  }

  get inHand(): number {
    return this.#working.size;
  }

  /**
   * The task's result: of the call in flight, or as it was published, or of a call made now. It is durable when
   * this resolves.
   * @throws {BusyError} {@link UnavailableError} when there is none yet
   */
  assess(submission: Submission): Promise<RiskAssessment> {
    const { taskId } = identityOf(submission);
    const working = this.#working.get(taskId);
    if (working) {
      this.#options.metrics.duplicate('joined');
      return working;
    }
    if (this.#closed !== undefined) return Promise.reject(new UnavailableError(this.#closed));
    const work = this.#work(submission).finally(() => this.#working.delete(taskId));
    this.#working.set(taskId, work);
    return work;
  }

  async #work(submission: Submission): Promise<RiskAssessment> {
    const { known, log, metrics, maxBytes } = this.#options;
    const before = await this.#published(identityOf(submission).taskId);
    if (before) {
      metrics.duplicate('answered');
      return before;
    }
    const bytes = bytesHeld(submission);
    const isFull = this.#bytes + bytes > maxBytes;
    this.#bytes += bytes;
    try {
      const result = await this.#result(submission, isFull);
      await log.publish(result, submission.traceparent);
      known.published(result);
      metrics.finished(result);
      return result;
    } finally {
      this.#bytes -= bytes;
    }
  }

  async #published(taskId: string): Promise<RiskAssessment | undefined> {
    try {
      return await this.#options.known.find(taskId, this.#stop.signal);
    } catch (error) {
      // It has a result, which cannot be read just now: judging it again would be a second one.
      this.#options.logger.warn({ taskId, err: error }, 'a published result cannot be read');
      throw new UnavailableError('the published result cannot be read now');
    }
  }

  /** @param isFull there is no room for what has still to be judged */
  async #result(submission: Submission, isFull: boolean): Promise<RiskAssessment> {
    const { now, logger, policy } = this.#options;
    const journal = new Journal();
    if (!('task' in submission)) {
      return failed(submission, journal, now(), failure(submission.code, submission.problem));
    }
    const { task } = submission;
    const deadline = Date.parse(task.deadline);
    if (deadline <= now()) {
      return failed(submission, journal, now(), failure('deadline_exceeded', 'it came after its deadline'));
    }
    try {
      if (isFull) throw new KeyPoolError('queue_full', 'as many bytes are held as may be');
      const judged = await this.#options.judge.judge(task, journal, this.#stop.signal);
      return succeeded(submission, journal, now(), {
        ...judged,
        floor: floorFor(policy.floor, task),
        policyVersion: policy.version,
      });
    } catch (error) {
      this.#stop.signal.throwIfAborted();
      if (isQueueFull(error) && now() + RETRY_AFTER_MS < deadline) throw new BusyError(RETRY_AFTER_MS);
      const reason = failureOf(error);
      this.#report(task, reason.code, error, logger);
      return failed(submission, journal, now(), reason);
    }
  }

  #report(task: AssessmentTask, code: string, error: unknown, logger: Logger): void {
    const about = { taskId: task.taskId, cameraId: task.cameraId, code };
    if (code === 'internal') logger.error({ ...about, err: error }, 'task failed inside the scheduler');
    else logger.debug({ ...about, why: error instanceof Error ? error.message : undefined }, 'task failed');
  }
}

/** The body, and the picture that is fetched for it: announced, it may be no larger than what is fetched. */
function bytesHeld(submission: Submission): number {
  const image = 'task' in submission ? submission.task.image : undefined;
  const fetched = image && !isInlineImage(image) ? Math.min(image.bytes, MAX_IMAGE_BYTES) : 0;
  return submission.bytes + fetched;
}

const isQueueFull = (error: unknown) => KeyPoolError.is(error) && error.code === 'queue_full';
