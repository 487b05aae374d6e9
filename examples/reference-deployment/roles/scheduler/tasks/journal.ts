import { timestampOf, type Attempt, type AssessmentTimings } from '@riskwatch/kafka-adapter/messages';

/** What happened on the way to one task's result, whatever that result is. */
export class Journal {
  readonly attempts: Attempt[] = [];
  model: string | undefined;
  evidence: { sha256: string; mediaType: string } | undefined;
  #usage: { inputTokens: number; outputTokens: number } | undefined;
  #admittedAt: number | undefined;
  #waitingSince: number | undefined;
  #waitMs = 0;
  #providerMs = 0;

  /** The task begins to wait for a key. */
  wait(now: number): void {
    this.#waitingSince = now;
  }

  /** A key was given and a call starts. */
  call(now: number): void {
    this.#admittedAt ??= now;
    this.#stopWaiting(now);
  }

  /** The call ended; until the next one starts the task waits again. */
  answered(now: number, attempt: { keyId: string; outcome: string; startedAt: number }): void {
    const ms = Math.max(0, now - attempt.startedAt);
    this.attempts.push({
      keyId: attempt.keyId,
      outcome: attempt.outcome,
      startedAt: timestampOf(attempt.startedAt),
      ms: rounded(ms),
    });
    this.#providerMs += ms;
    this.#waitingSince = now;
  }

  /** There will be no further call. */
  done(now: number): void {
    this.#stopWaiting(now);
  }

  used(usage: { inputTokens: number; outputTokens: number }): void {
    this.#usage = {
      inputTokens: (this.#usage?.inputTokens ?? 0) + usage.inputTokens,
      outputTokens: (this.#usage?.outputTokens ?? 0) + usage.outputTokens,
    };
  }

  get usage(): { inputTokens: number; outputTokens: number } | undefined {
    return this.#usage;
  }

  timings(): Pick<AssessmentTimings, 'admittedAt' | 'waitMs' | 'providerMs'> {
    return {
      ...(this.#admittedAt !== undefined && { admittedAt: timestampOf(this.#admittedAt) }),
      waitMs: rounded(this.#waitMs),
      providerMs: rounded(this.#providerMs),
    };
  }

  #stopWaiting(now: number): void {
    if (this.#waitingSince !== undefined) this.#waitMs += Math.max(0, now - this.#waitingSince);
    this.#waitingSince = undefined;
  }
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;
