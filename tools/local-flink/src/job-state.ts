import { setTimeout as sleep } from 'node:timers/promises';
import { flinkRest } from './flink-rest.js';

/** The job as its REST endpoint shows it. Numbers that are not known yet are undefined. */
export interface FlinkJobState {
  /** When it was read, in milliseconds since 1970. */
  readAtMs: number;
  /** Flink's own word: `RUNNING`, `RESTARTING`, `FAILED` … */
  state: string;
  /** Every operator runs. */
  isRunning: boolean;
  /** Partitions of the detections topic that the job reads; 0 until the broker has been reached. */
  partitions: number;
  /** Detections read per second: since `previous`, else over the last minute. */
  recordsPerSecond: number | undefined;
  /** Detections read since the last start or restart. */
  records: number | undefined;
  /** Detections in the topic that are not read yet; undefined before the first was read. */
  pendingRecords: number | undefined;
  /** Tasks at the scheduler (dispatch by HTTP only). */
  inFlight: number | undefined;
  /** Of those, the ones that have failed at least once and are tried again. */
  retrying: number | undefined;
  /** Restarts since the job was started. */
  restarts: number | undefined;
  checkpoints: {
    completed: number;
    failed: number;
    /** ISO-8601. */
    lastCompletedAt: string | undefined;
    lastDurationMs: number | undefined;
    lastSizeBytes: number | undefined;
  };
  /** Share of the last second, 0 to 1, that the source waited for what comes after it. */
  backpressure: number | undefined;
}

export interface FlinkRequestOptions {
  signal?: AbortSignal | undefined;
}

export interface FlinkJobStateOptions extends FlinkRequestOptions {
  /** An earlier answer, to count the present rate from. Flink's own is a mean over a minute. */
  previous?: FlinkJobState | undefined;
}

interface JobsOverview {
  jobs: { jid: string; name: string; state: string; 'start-time': number }[];
}
interface JobDetails {
  state: string;
  vertices: { id: string; name: string; status: string }[];
}
interface Checkpoints {
  counts: { completed: number; failed: number };
  latest: {
    completed: { trigger_timestamp: number; end_to_end_duration: number; state_size: number } | null;
  };
}
type Metrics = { id: string; value?: string; sum?: number; max?: number }[];

const nothingKnown: FlinkJobState = {
  readAtMs: 0,
  state: '',
  isRunning: false,
  partitions: 0,
  recordsPerSecond: undefined,
  records: undefined,
  pendingRecords: undefined,
  inFlight: undefined,
  retrying: undefined,
  restarts: undefined,
  checkpoints: {
    completed: 0,
    failed: 0,
    lastCompletedAt: undefined,
    lastDurationMs: undefined,
    lastSizeBytes: undefined,
  },
  backpressure: undefined,
};

const metricsArriveMs = 100;
const sourceVertex = /Source: detections/;
const sourcePrefix = 'Source__detections.';
const dispatchPrefix = 'dispatch.riskwatch.';

/**
 * Reads the state of the riskwatch job, or undefined when the endpoint knows of none yet.
 *
 * @throws LocalFlinkError `rest_failed`; the signal's reason when aborted.
 */
export const flinkJobState = async (
  restUrl: string,
  { previous, signal }: FlinkJobStateOptions = {},
): Promise<FlinkJobState | undefined> => {
  const get = <Answer>(path: string) => flinkRest<Answer>(restUrl, path, { signal });
  const job = await findJob(restUrl, { signal });
  if (job === undefined) return undefined;
  // Before it is initialised there is nothing else to ask for, and asking fills its log with errors.
  if (job.state === 'INITIALIZING') return { ...nothingKnown, state: job.state, readAtMs: Date.now() };
  const { id } = job;
  // Flink fetches numbers from its tasks when somebody asks, and answers with the ones it had.
  await get(`/jobs/${id}/metrics`);
  await sleep(metricsArriveMs, undefined, { signal });
  const [details, checkpoints, jobMetrics] = await Promise.all([
    get<JobDetails>(`/jobs/${id}`),
    get<Checkpoints>(`/jobs/${id}/checkpoints`),
    get<Metrics>(`/jobs/${id}/metrics?get=numRestarts`),
  ]);
  const vertexMetrics = async (vertex: { id: string } | undefined, names: string[]) => {
    if (vertex === undefined) return new Map<string, { sum: number; max: number }>();
    const metrics = await get<Metrics>(
      `/jobs/${id}/vertices/${vertex.id}/subtasks/metrics?get=${names.join(',')}&agg=sum,max`,
    );
    return new Map(metrics.map(({ id: name, sum = 0, max = 0 }) => [name, { sum, max }]));
  };
  const source = details.vertices.find(({ name }) => sourceVertex.test(name));
  const dispatch = details.vertices.find(({ name }) => /\bdispatch\b/.test(name));
  const [sourceMetrics, dispatchMetrics, sourceMetricNames] = await Promise.all([
    vertexMetrics(source, [
      `${sourcePrefix}numRecordsOut`,
      `${sourcePrefix}numRecordsOutPerSecond`,
      `${sourcePrefix}pendingRecords`,
      'backPressuredTimeMsPerSecond',
    ]),
    vertexMetrics(dispatch, [`${dispatchPrefix}dispatch_in_flight`, `${dispatchPrefix}dispatch_retrying`]),
    source === undefined ? Promise.resolve([]) : get<Metrics>(`/jobs/${id}/vertices/${source.id}/metrics`),
  ]);
  const last = checkpoints.latest.completed;
  const readAtMs = Date.now();
  const records = sourceMetrics.get(`${sourcePrefix}numRecordsOut`)?.sum;
  const backpressuredMs = sourceMetrics.get('backPressuredTimeMsPerSecond')?.max;
  return {
    readAtMs,
    state: details.state,
    isRunning: details.vertices.length > 0 && details.vertices.every(({ status }) => status === 'RUNNING'),
    partitions: countPartitions(sourceMetricNames),
    recordsPerSecond:
      rateSince(previous, records, readAtMs) ??
      sourceMetrics.get(`${sourcePrefix}numRecordsOutPerSecond`)?.sum,
    records,
    pendingRecords: sourceMetrics.get(`${sourcePrefix}pendingRecords`)?.sum,
    inFlight: dispatchMetrics.get(`${dispatchPrefix}dispatch_in_flight`)?.sum,
    retrying: dispatchMetrics.get(`${dispatchPrefix}dispatch_retrying`)?.sum,
    restarts: numberOf(jobMetrics.find((metric) => metric.id === 'numRestarts')?.value),
    checkpoints: {
      completed: checkpoints.counts.completed,
      failed: checkpoints.counts.failed,
      lastCompletedAt:
        last === null ? undefined : new Date(last.trigger_timestamp + last.end_to_end_duration).toISOString(),
      lastDurationMs: last?.end_to_end_duration,
      lastSizeBytes: last?.state_size,
    },
    backpressure: backpressuredMs === undefined ? undefined : Math.min(1, backpressuredMs / 1000),
  };
};

/** The riskwatch job, the newest when there are several; undefined before it was submitted. */
export const findJob = async (
  restUrl: string,
  { signal }: FlinkRequestOptions = {},
): Promise<{ id: string; state: string } | undefined> => {
  const { jobs } = await flinkRest<JobsOverview>(restUrl, '/jobs/overview', { signal });
  const [newest] = jobs
    .filter(({ name }) => name === 'riskwatch')
    .sort((a, b) => b['start-time'] - a['start-time']);
  return newest === undefined ? undefined : { id: newest.jid, state: newest.state };
};

/** Undefined when nothing can be said: no earlier answer, or the count began anew since. */
const rateSince = (
  previous: FlinkJobState | undefined,
  records: number | undefined,
  nowMs: number,
): number | undefined => {
  if (previous?.records === undefined || records === undefined || records < previous.records)
    return undefined;
  const seconds = (nowMs - previous.readAtMs) / 1000;
  return seconds > 0 ? (records - previous.records) / seconds : undefined;
};

/** Each partition that was assigned to the source has an offset of its own. */
const countPartitions = (metrics: Metrics): number =>
  new Set(
    metrics
      .map(({ id }) => /KafkaSourceReader\.topic\.(.+)\.partition\.(\d+)\.currentOffset$/.exec(id))
      .flatMap((match) => (match === null ? [] : [`${match[1]}/${match[2]}`])),
  ).size;

const numberOf = (value: string | undefined): number | undefined => {
  const number = Number(value);
  return value === undefined || Number.isNaN(number) ? undefined : number;
};
