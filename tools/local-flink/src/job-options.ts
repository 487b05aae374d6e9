import { pathToFileURL } from 'node:url';

/** What the job is to do. Names of topics left out are the ones of the message contract. */
export interface FlinkJobOptions {
  /** Kafka brokers, `host:port`. */
  brokers: readonly string[];
  /** Further properties of every Kafka client, such as `security.protocol`. May hold secrets. */
  kafkaProperties?: Readonly<Record<string, string>>;
  detectionsTopic?: string;
  /** Default: the detections topic's name with `.dlq` behind it. */
  deadLettersTopic?: string;
  consumerGroup?: string;
  /** The version of the policy to judge by; part of every task id. */
  policyVersion: string;
  /** Where tasks go: to the scheduler's endpoint (`…/v1/assessments`), or to a topic. */
  dispatch: { mode: 'http'; endpoint: string } | { mode: 'topic'; tasksTopic?: string };
  /** Seconds after its capture that a detection is worth a model call; default 30. */
  deadlineSeconds?: number;
  /** Minutes a task id is remembered; 0 turns it off; default 10. */
  dedupeMinutes?: number;
  /** Default 1. */
  parallelism?: number;
  /** Seconds between two checkpoints; default 5. */
  checkpointSeconds?: number;
  /** Any further setting of Flink or of the job, by its full key; wins over the ones above. */
  settings?: Readonly<Record<string, string>>;
}

/** Where this process keeps its state and answers. */
export interface FlinkPlace {
  checkpoints: string;
  savepoints: string;
  /** A checkpoint or savepoint to go on from. */
  restoreFrom?: string | undefined;
  host: string;
  restPort: number;
}

/** The settings of one start, flat, as the job's `--config` file takes them. */
export const settingsOf = (job: FlinkJobOptions, place: FlinkPlace): Record<string, string> => ({
  'riskwatch.embedded': 'true',
  'riskwatch.kafka.bootstrap-servers': job.brokers.join(','),
  'riskwatch.task.policy-version': job.policyVersion,
  'riskwatch.dispatch.mode': job.dispatch.mode,
  ...(job.dispatch.mode === 'http' && { 'riskwatch.dispatch.endpoint': job.dispatch.endpoint }),
  ...(job.dispatch.mode === 'topic' && optional('riskwatch.dispatch.topic', job.dispatch.tasksTopic)),
  ...optional('riskwatch.detections.topic', job.detectionsTopic),
  ...optional('riskwatch.dead-letters.topic', job.deadLettersTopic),
  ...optional('riskwatch.kafka.consumer-group', job.consumerGroup),
  ...milliseconds('riskwatch.task.deadline', job.deadlineSeconds, 1_000),
  ...milliseconds('riskwatch.dedupe.ttl', job.dedupeMinutes, 60_000),
  ...milliseconds('execution.checkpointing.interval', job.checkpointSeconds, 1_000),
  'parallelism.default': String(job.parallelism ?? 1),
  'execution.checkpointing.dir': folderUri(place.checkpoints),
  'execution.checkpointing.savepoint-dir': folderUri(place.savepoints),
  ...optional('execution.state-recovery.path', place.restoreFrom && folderUri(place.restoreFrom)),
  // What was restored belongs to this run now: Flink deletes it once newer checkpoints make it useless.
  'execution.state-recovery.claim-mode': 'CLAIM',
  'rest.bind-address': place.host,
  'rest.address': place.host,
  'rest.port': String(place.restPort),
  // Nobody submits further jobs to this process, and no Hadoop hands out tokens here.
  'web.submit.enable': 'false',
  'security.delegation.tokens.enabled': 'false',
  // How old what the REST endpoint says may be.
  'web.refresh-interval': '500 ms',
  'metrics.fetcher.update-interval': '1 s',
  ...Object.fromEntries(
    Object.entries(job.kafkaProperties ?? {}).map(([key, value]) => [
      `riskwatch.kafka.properties.${key}`,
      value,
    ]),
  ),
  ...job.settings,
});

/** The settings as YAML: every JSON string is one. */
export const configFileOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}\n`)
    .join('');

const optional = (key: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [key]: value };

const milliseconds = (key: string, value: number | undefined, unitMs: number): Record<string, string> =>
  value === undefined ? {} : { [key]: `${Math.round(value * unitMs)} ms` };

const folderUri = (path: string): string => pathToFileURL(path).href;
