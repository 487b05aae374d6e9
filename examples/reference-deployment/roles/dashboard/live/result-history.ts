import type { FailuresView, LatencyView, Quantiles } from './live-state.js';
import { GOAL_MS } from './live-state.js';
import { quantiles } from './quantiles.js';
import { RateWindow } from './rate-window.js';

const STEP_MS = 15_000;
const STEPS = 60;
const MINUTE_MS = 60_000;
/** More latencies than this in one step add nothing to its quantiles. */
const MAX_PER_STEP = 15_000;
/** Ids remembered, so that a repeat does not count twice. */
const MAX_IDS = 50_000;

export interface FinalResult {
  readonly requestId: string;
  /** When the broker stored it. */
  readonly publishedAt: number;
  readonly capturedAt: number;
  /** Why it failed; absent for a verdict. */
  readonly errorCode?: string;
}

interface Step {
  latencies: number[];
  /** Quantiles of the first `counted` latencies. */
  counted: number;
  known: Quantiles | null;
  total: number;
  reasons: Map<string, number>;
}

/** The last 15 minutes of final results: rates, latency and failures. The first record of a task counts, repeats do not. */
export class ResultHistory {
  readonly #steps = new Map<number, Step>();
  readonly #ids = new Set<string>();
  #minute: (FinalResult & { readonly latencyMs: number })[] = [];
  readonly #rate = new RateWindow(10);
  readonly #failedRate = new RateWindow(10);
  #lastSuccessAt: number | null = null;
  #begunAt: number | null = null;

  /** Results are being read from now on, so silence means that there are none. */
  begin(now: number): void {
    this.#begunAt ??= now;
    this.#rate.begin(now);
    this.#failedRate.begin(now);
  }

  get begun(): boolean {
    return this.#begunAt !== null;
  }

  get lastSuccessAt(): number | null {
    return this.#lastSuccessAt;
  }

  /** Takes in a result; false for the repeat of one that is known. */
  add(result: FinalResult): boolean {
    if (this.#ids.has(result.requestId)) return false;
    this.#ids.add(result.requestId);
    if (this.#ids.size > MAX_IDS) for (const oldest of this.#ids) if (this.#ids.delete(oldest)) break;

    const latencyMs = Math.max(0, result.publishedAt - result.capturedAt);
    const step = this.#step(Math.floor(result.publishedAt / STEP_MS));
    step.total += 1;
    this.#rate.add(result.publishedAt);
    if (result.errorCode === undefined) {
      if (step.latencies.length < MAX_PER_STEP) step.latencies.push(latencyMs);
      this.#lastSuccessAt = Math.max(this.#lastSuccessAt ?? 0, result.publishedAt);
    } else {
      step.reasons.set(result.errorCode, (step.reasons.get(result.errorCode) ?? 0) + 1);
      this.#failedRate.add(result.publishedAt);
    }
    this.#minute.push({ ...result, latencyMs });
    if (this.#minute.length > 4 * MAX_PER_STEP) this.#minute = this.#minute.slice(MAX_PER_STEP);
    return true;
  }

  perSecond(now: number): number | null {
    return this.#rate.perSecond(now);
  }

  failedPerSecond(now: number): number | null {
    return this.#failedRate.perSecond(now);
  }

  /** Quantiles of capture → publication over the last minute's successes. */
  endToEnd(now: number): Quantiles | null {
    const succeeded = this.#lastMinute(now).filter(({ errorCode }) => errorCode === undefined);
    return quantiles(succeeded.map(({ latencyMs }) => latencyMs));
  }

  /** Share of the last minute's results that succeeded within the goal. */
  within(now: number): number | null {
    const all = this.#lastMinute(now);
    const good = all.filter(({ errorCode, latencyMs }) => errorCode === undefined && latencyMs <= GOAL_MS);
    return all.length === 0 ? null : good.length / all.length;
  }

  /** Share of the last minute's results that failed. */
  failedShare(now: number): number | null {
    const all = this.#lastMinute(now);
    return all.length === 0
      ? null
      : all.filter(({ errorCode }) => errorCode !== undefined).length / all.length;
  }

  /** Turned away in the last minute because the waiting line was full. */
  shed(now: number): number {
    return this.#lastMinute(now).filter(({ errorCode }) => errorCode === 'queue_full').length;
  }

  latency(now: number): LatencyView | null {
    const last = this.#prune(now);
    if (this.#steps.size === 0) return null;
    const rows = Array.from({ length: STEPS }, (_, i) => {
      const step = this.#steps.get(last - STEPS + 1 + i);
      return step ? quantilesOf(step) : null;
    });
    return {
      from: (last - STEPS + 1) * STEP_MS,
      stepMs: STEP_MS,
      p50: rows.map((row) => row?.p50 ?? null),
      p95: rows.map((row) => row?.p95 ?? null),
      p99: rows.map((row) => row?.p99 ?? null),
      overMs: rows.filter((row) => row && row.p95 > GOAL_MS).length * STEP_MS,
    };
  }

  failures(now: number): FailuresView | null {
    this.#prune(now);
    if (this.#steps.size === 0) return null;
    const reasons: Record<string, number> = {};
    let total = 0;
    let failed = 0;
    for (const step of this.#steps.values()) {
      total += step.total;
      for (const [code, count] of step.reasons) {
        reasons[code] = (reasons[code] ?? 0) + count;
        failed += count;
      }
    }
    return { failed, total, reasons };
  }

  #step(number: number): Step {
    let step = this.#steps.get(number);
    if (!step) {
      step = { latencies: [], counted: -1, known: null, total: 0, reasons: new Map() };
      this.#steps.set(number, step);
    }
    return step;
  }

  #prune(now: number): number {
    const last = Math.floor(now / STEP_MS);
    for (const number of this.#steps.keys()) if (number <= last - STEPS) this.#steps.delete(number);
    return last;
  }

  #lastMinute(now: number): readonly (FinalResult & { readonly latencyMs: number })[] {
    this.#minute = this.#minute.filter(({ publishedAt }) => publishedAt > now - MINUTE_MS);
    return this.#minute;
  }
}

function quantilesOf(step: Step): Quantiles | null {
  if (step.counted !== step.latencies.length) {
    step.known = quantiles(step.latencies);
    step.counted = step.latencies.length;
  }
  return step.known;
}
