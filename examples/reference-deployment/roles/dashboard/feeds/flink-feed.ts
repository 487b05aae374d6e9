import { z } from 'zod';
import type { FlinkFacts } from '../live/stations.js';
import type { PeerClient } from './peer-client.js';

const jobs = z.object({
  jobs: z.array(z.object({ jid: z.string(), state: z.string(), 'start-time': z.number() })),
});
const job = z.object({ vertices: z.array(z.object({ id: z.string() })) });
const metricIds = z.array(z.object({ id: z.string() }));
const metricSums = z.array(z.object({ id: z.string(), sum: z.coerce.number().optional() }));
const checkpoints = z.object({
  latest: z.object({ completed: z.object({ latest_ack_timestamp: z.number() }).nullish() }).nullish(),
});

/** The metrics that matter, by the end of their ids: `<operator>.<metric>`. */
const pendingRecords = /\.pendingRecords$/;
const inFlight = /\bdispatch_in_flight$/;
const dispatched = /^dispatch[^.]*\.numRecordsIn$/;
const wanted = [pendingRecords, inFlight, dispatched];

/** Metric ids stay the same while a job runs; a new attempt may bring others. */
const IDS_KEPT_MS = 15_000;

/** Reads the state of the newest job from Flink's REST API. */
export class FlinkFeed {
  readonly #client: PeerClient;
  readonly #now: () => number;
  #ids: { jid: string; readAt: number; byVertex: Map<string, string[]> } | null = null;

  constructor(client: PeerClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  async read(signal: AbortSignal): Promise<FlinkFacts> {
    const { jobs: all } = await this.#client.json('/jobs/overview', jobs, signal);
    const newest = all.reduce<(typeof all)[number] | undefined>(
      (best, candidate) => (best && best['start-time'] >= candidate['start-time'] ? best : candidate),
      undefined,
    );
    if (!newest) return { job: 'CREATED', tasks: null, inFlight: null, pendingRecords: null, savedAt: null };
    if (newest.state !== 'RUNNING')
      return { job: newest.state, tasks: null, inFlight: null, pendingRecords: null, savedAt: null };
    const [sums, saved] = await Promise.all([
      this.#sums(newest.jid, signal),
      this.#client.json(`/jobs/${newest.jid}/checkpoints`, checkpoints, signal),
    ]);
    const sum = (pattern: RegExp): number | null => {
      const values = [...sums].filter(([id]) => pattern.test(id)).map(([, value]) => value);
      return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
    };
    return {
      job: newest.state,
      tasks: sum(dispatched),
      inFlight: sum(inFlight),
      pendingRecords: sum(pendingRecords),
      savedAt: saved.latest?.completed?.latest_ack_timestamp ?? null,
    };
  }

  async #sums(jid: string, signal: AbortSignal): Promise<Map<string, number>> {
    const sums = new Map<string, number>();
    for (const [vertex, ids] of await this.#metricIds(jid, signal)) {
      if (ids.length === 0) continue;
      const path = `/jobs/${jid}/vertices/${vertex}/subtasks/metrics?agg=sum&get=${ids.map(encodeURIComponent).join(',')}`;
      for (const { id, sum } of await this.#client.json(path, metricSums, signal))
        if (sum !== undefined && Number.isFinite(sum)) sums.set(id, sum);
    }
    return sums;
  }

  async #metricIds(jid: string, signal: AbortSignal): Promise<Map<string, string[]>> {
    if (this.#ids?.jid === jid && this.#now() - this.#ids.readAt < IDS_KEPT_MS) return this.#ids.byVertex;
    const byVertex = new Map<string, string[]>();
    for (const { id } of (await this.#client.json(`/jobs/${jid}`, job, signal)).vertices) {
      const known = await this.#client.json(
        `/jobs/${jid}/vertices/${id}/subtasks/metrics`,
        metricIds,
        signal,
      );
      byVertex.set(
        id,
        known.map((metric) => metric.id).filter((metric) => wanted.some((pattern) => pattern.test(metric))),
      );
    }
    this.#ids = { jid, readAt: this.#now(), byVertex };
    return byVertex;
  }
}
