import type { Entered } from '../report/enter-record.js';

const RATE_WINDOW_MS = 10_000;
const LATENCY_WINDOW_MS = 60_000;

/** Rates of the last 10 s and the latency of the last minute, for the status line. */
export class Activity {
  readonly #detections: number[] = [];
  readonly #results: { at: number; latencyMs: number | undefined }[] = [];

  add(entered: Entered, now: number): void {
    if (entered.kind === 'detections') this.#detections.push(now);
    else if (entered.kind === 'results') {
      this.#results.push({ at: now, latencyMs: entered.succeeded ? entered.latencyMs : undefined });
    }
  }

  detectionsPerSecond(now: number): number {
    dropUntil(this.#detections, (at) => at >= now - RATE_WINDOW_MS);
    return this.#detections.length / (RATE_WINDOW_MS / 1000);
  }

  assessmentsPerSecond(now: number): number {
    return this.#results.filter(({ at }) => at >= now - RATE_WINDOW_MS).length / (RATE_WINDOW_MS / 1000);
  }

  /** Of succeeded results; undefined where there was none. */
  p95Ms(now: number): number | undefined {
    dropUntil(this.#results, ({ at }) => at >= now - LATENCY_WINDOW_MS);
    const sorted = this.#results.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.95) - 1];
  }
}

function dropUntil<T>(entries: T[], isRecent: (entry: T) => boolean): void {
  const first = entries.findIndex(isRecent);
  entries.splice(0, first < 0 ? entries.length : first);
}
