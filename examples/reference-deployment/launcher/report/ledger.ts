import { build, type Histogram } from 'hdr-histogram-js';

/** What the ledger needs to know of a detection. */
export interface DetectionEntry {
  readonly detectionId: string;
  readonly capturedAtMs: number;
}

export interface TaskEntry {
  readonly taskId: string;
  readonly detectionId: string;
}

export interface ResultEntry {
  readonly requestId: string;
  readonly detectionId: string;
  /** `succeeded`, or the code of the failure. */
  readonly outcome: string;
  /** When the broker stored it (LogAppendTime). */
  readonly storedAtMs: number;
  readonly attempts: readonly { readonly keyId: string; readonly outcome: string; readonly ms: number }[];
}

export interface DeadLetterEntry {
  /** The record it was: `topic/partition/offset`; a dead letter written twice is still one. */
  readonly origin: string;
  readonly reason: string;
  /** The detection's or task's id, where one could be read. */
  readonly id?: string;
}

export interface KeyCount {
  calls: number;
  succeeded: number;
  rateLimited: number;
  otherFailures: number;
}

/** The goal that the share of quick assessments is measured against. */
export const GOAL_MS = 2_000;
/** Longer than any record can be of use; what is above counts as this. */
const LONGEST_MS = 3_600_000;
/** As long as the topics keep detections: what is older can neither come again nor be answered. */
const REMEMBERED_MS = 2 * 3_600_000;

const histogram = () =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: LONGEST_MS, numberOfSignificantValueDigits: 3 });

interface Account {
  capturedAtMs?: number;
  result?: { readonly outcome: string; readonly storedAtMs: number; readonly providerMs: number };
  deadLetter?: true;
}

/**
 * Follows every detection from its record to its one end, whatever the order in which the topics are read. Each id
 * counts once; of several results for one task the first is the verdict and the others are repeats.
 */
export class Ledger {
  readonly endToEnd: Histogram = histogram();
  readonly overhead: Histogram = histogram();
  readonly outcomes = new Map<string, number>();
  readonly deadLetters = new Map<string, number>();
  readonly keys = new Map<string, KeyCount>();
  detections = 0;
  repeats = 0;
  withinGoal = 0;

  readonly #accounts = new Map<string, Account>();
  readonly #tasks = new Map<string, string>();
  readonly #results = new Set<string>();
  readonly #deadLetterOrigins = new Set<string>();
  #latenciesFromMs = Infinity;
  #forgottenTasks = 0;
  #forgottenCarriedOver = 0;

  /** Latencies count for detections captured from now on; before, machines are still warming up. */
  measureLatenciesFrom(capturedAtMs: number): void {
    this.#latenciesFromMs = capturedAtMs;
  }

  addDetection({ detectionId, capturedAtMs }: DetectionEntry): void {
    const account = this.#accountOf(detectionId);
    if (account.capturedAtMs !== undefined) return;
    account.capturedAtMs = capturedAtMs;
    this.detections += 1;
    this.#measure(account);
  }

  addTask({ taskId, detectionId }: TaskEntry): void {
    this.#tasks.set(taskId, detectionId);
  }

  addResult(result: ResultEntry): void {
    if (this.#results.has(result.requestId)) {
      this.repeats += 1;
      return;
    }
    this.#results.add(result.requestId);
    this.#tasks.set(result.requestId, result.detectionId);
    this.outcomes.set(result.outcome, (this.outcomes.get(result.outcome) ?? 0) + 1);
    let providerMs = 0;
    for (const attempt of result.attempts) {
      providerMs += attempt.ms;
      this.#countCall(attempt.keyId, attempt.outcome);
    }
    const account = this.#accountOf(result.detectionId);
    if (account.result) return; // A second judgement (another revision) of a detection that has its verdict.
    account.result = { outcome: result.outcome, storedAtMs: result.storedAtMs, providerMs };
    this.#measure(account);
  }

  addDeadLetter({ origin, reason, id }: DeadLetterEntry): void {
    if (this.#deadLetterOrigins.has(origin)) return;
    this.#deadLetterOrigins.add(origin);
    this.deadLetters.set(reason, (this.deadLetters.get(reason) ?? 0) + 1);
    if (id !== undefined) this.#accountOf(this.#tasks.get(id) ?? id).deadLetter = true;
  }

  /** Distinct tasks seen, in their topic or by their result. */
  get tasks(): number {
    return this.#tasks.size + this.#forgottenTasks;
  }

  /** Detections of this run that have neither a result nor a dead letter. */
  get open(): number {
    let open = 0;
    for (const account of this.#accounts.values()) {
      if (account.capturedAtMs !== undefined && !account.result && !account.deadLetter) open += 1;
    }
    return open;
  }

  /** Verdicts of this run on detections from before it. */
  get carriedOver(): number {
    let carriedOver = this.#forgottenCarriedOver;
    for (const account of this.#accounts.values()) {
      if (account.result && account.capturedAtMs === undefined) carriedOver += 1;
    }
    return carriedOver;
  }

  /** Drops what is settled and older than the topics' memory, so that a long run does not grow without end. */
  forgetBefore(nowMs: number): void {
    const oldest = nowMs - REMEMBERED_MS;
    for (const [detectionId, account] of this.#accounts) {
      const at = account.capturedAtMs ?? account.result?.storedAtMs;
      if (at === undefined || at >= oldest || !(account.result ?? account.deadLetter)) continue;
      this.#accounts.delete(detectionId);
      if (account.result && account.capturedAtMs === undefined) this.#forgottenCarriedOver += 1;
    }
    for (const [taskId, detectionId] of this.#tasks) {
      if (this.#accounts.has(detectionId)) continue;
      this.#tasks.delete(taskId);
      this.#results.delete(taskId);
      this.#forgottenTasks += 1;
    }
  }

  #accountOf(detectionId: string): Account {
    const known = this.#accounts.get(detectionId);
    if (known) return known;
    const account: Account = {};
    this.#accounts.set(detectionId, account);
    return account;
  }

  /** Once both ends of a detection's way are known. */
  #measure({ capturedAtMs, result }: Account): void {
    if (capturedAtMs === undefined || result?.outcome !== 'succeeded') return;
    const endToEndMs = result.storedAtMs - capturedAtMs;
    if (endToEndMs <= GOAL_MS) this.withinGoal += 1;
    if (capturedAtMs < this.#latenciesFromMs) return;
    record(this.endToEnd, endToEndMs);
    record(this.overhead, endToEndMs - result.providerMs);
  }

  #countCall(keyId: string, outcome: string): void {
    const key = this.keys.get(keyId) ?? { calls: 0, succeeded: 0, rateLimited: 0, otherFailures: 0 };
    this.keys.set(keyId, key);
    key.calls += 1;
    if (outcome === 'ok') key.succeeded += 1;
    else if (outcome === 'rate-limited') key.rateLimited += 1;
    else key.otherFailures += 1;
  }
}

function record(into: Histogram, ms: number): void {
  into.recordValue(Math.min(LONGEST_MS, Math.max(0, Math.round(ms))));
}
