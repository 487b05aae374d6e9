import type { Histogram } from 'hdr-histogram-js';
import type { KeyCount, Ledger } from './ledger.js';

/** Milliseconds; null where nothing was measured. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** What a run did. Every count is of distinct ids between the topics' offsets at its start and at its end. */
export interface Report {
  /** How long the cameras were watched, from ready on. */
  readonly seconds: number;
  readonly cameras: number;
  /** Frames in which people were looked for. */
  readonly frames: number;
  readonly detections: number;
  readonly tasks: number;
  readonly results: { readonly succeeded: number; readonly failed: Readonly<Record<string, number>> };
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Records in the results topic beyond the first of their task. */
  readonly repeats: number;
  /** Results of this run for detections from before it. */
  readonly carriedOver: number;
  /** From the frame's due time to the result's LogAppendTime. Succeeded ones only, without the first 20 s. */
  readonly endToEndMs: Quantiles;
  /** The same minus the time that the provider took. */
  readonly overheadMs: Quantiles;
  /** Of all detections, those whose succeeded result was stored within 2 s of capture; null without detections. */
  readonly succeededWithinTwoSeconds: number | null;
  readonly keys: readonly ({ readonly id: string } & Readonly<KeyCount>)[];
  /** Records that a consumer group still had before it, the worst group of each topic. */
  readonly lag: Readonly<Record<string, number>>;
}

export interface RunFacts {
  readonly seconds: number;
  readonly cameras: number;
  readonly frames: number;
  readonly lag: Readonly<Record<string, number>>;
}

/** The report of what the ledger has seen. */
export function buildReport(ledger: Ledger, facts: RunFacts): Report {
  const { succeeded = 0, ...failed } = Object.fromEntries(ledger.outcomes);
  return {
    seconds: Math.round(facts.seconds * 10) / 10,
    cameras: facts.cameras,
    frames: facts.frames,
    detections: ledger.detections,
    tasks: ledger.tasks,
    results: { succeeded, failed },
    deadLetters: Object.fromEntries(ledger.deadLetters),
    repeats: ledger.repeats,
    carriedOver: ledger.carriedOver,
    endToEndMs: quantilesOf(ledger.endToEnd),
    overheadMs: quantilesOf(ledger.overhead),
    succeededWithinTwoSeconds:
      ledger.detections === 0 ? null : Math.round((ledger.withinGoal / ledger.detections) * 1e4) / 1e4,
    keys: [...ledger.keys]
      .map(([id, count]) => ({ id, ...count }))
      .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
    lag: facts.lag,
  };
}

function quantilesOf(histogram: Histogram): Quantiles {
  if (histogram.totalCount === 0) return { p50: null, p95: null, p99: null };
  return {
    p50: histogram.getValueAtPercentile(50),
    p95: histogram.getValueAtPercentile(95),
    p99: histogram.getValueAtPercentile(99),
  };
}

/** The sentences that are printed at the end of a run. */
export function describeReport(report: Report): string[] {
  const failed = Object.values(report.results.failed).reduce((sum, count) => sum + count, 0);
  const dead = Object.values(report.deadLetters).reduce((sum, count) => sum + count, 0);
  const seconds = (ms: number | null) => (ms === null ? 'not measured' : `${(ms / 1000).toFixed(2)} s`);
  const share = report.succeededWithinTwoSeconds;
  return [
    `${report.cameras} cameras for ${report.seconds} s: ${report.frames} frames, ${report.detections} detections, ` +
      `${report.results.succeeded} succeeded, ${failed} failed, ${dead} dead letters`,
    `capture to published result p50 ${seconds(report.endToEndMs.p50)}, p95 ${seconds(report.endToEndMs.p95)}; ` +
      `without the provider p95 ${seconds(report.overheadMs.p95)}` +
      (share === null ? '' : `; ${(share * 100).toFixed(1)} % of all detections within 2 s`),
  ];
}
