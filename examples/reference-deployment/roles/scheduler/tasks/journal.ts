import { timestampOf, type AssessmentTimings, type Attempt } from '@riskwatch/kafka-adapter/messages';

/** What happened on the way to one task's result, whatever that result is. */
export class Journal {
  readonly attempts: Attempt[] = [];
  /** The model that was asked last. */
  model: string | undefined;
  /** The picture, once it was found sound. */
  evidence: { readonly sha256: string; readonly mediaType: string } | undefined;
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
  call(now: number, model: string | undefined): void {
    this.model = model;
    this.#admittedAt ??= now;
    this.#stopWaiting(now);
  }

  /** The call ended, as the pool saw it; until the next one starts the task waits again. */
  answered(now: number, attempt: { keyId: string; outcome: string; startedAt: number; ms: number }): void {
    const { keyId, outcome, startedAt, ms } = attempt;
    this.attempts.push({ keyId, outcome, startedAt: timestampOf(startedAt), ms: rounded(ms) });
    this.#providerMs += ms;
    this.#waitingSince = now;
  }

  /** There will be no further call. */
  done(now: number): void {
    this.#stopWaiting(now);
  }

  used(usage: { readonly inputTokens: number; readonly outputTokens: number }): void {
    this.#usage = {
      inputTokens: (this.#usage?.inputTokens ?? 0) + usage.inputTokens,
      outputTokens: (this.#usage?.outputTokens ?? 0) + usage.outputTokens,
    };
  }

  /** Of all calls that had an answer. */
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
