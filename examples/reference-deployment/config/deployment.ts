import { z } from 'zod';

/**
 * The deployment's one configuration: the launcher writes it resolved (every port chosen, every path absolute)
 * and each role reads its part. A hand-written file has the same shape; what it leaves out has these defaults.
 * Secrets are references: `env:NAME`, `file:PATH`, or, for a laptop, the plain text.
 */
export const riskLevels = ['none', 'low', 'medium', 'high', 'critical'] as const;

const port = z.number().int().min(0).max(65_535);
const host = z.string().min(1).default('127.0.0.1');
const secretReference = z.string().min(1);

const topic = (partitions: number) =>
  z
    .strictObject({
      name: z.string().min(1).optional(),
      partitions: z.number().int().min(1).default(partitions),
      replicationFactor: z.number().int().min(1).default(1),
    })
    .prefault({});

export const kafkaSchema = z.strictObject({
  brokers: z.array(z.string().min(1)).min(1),
  /** TLS with the system's certificate authorities, or with the ones in `caFile`. */
  tls: z.strictObject({ caFile: z.string().optional() }).optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      password: secretReference,
    })
    .optional(),
  topics: z
    .strictObject({ detections: topic(6), tasks: topic(6), results: topic(6), deadLetters: topic(1) })
    .prefault({}),
});

export const schedulerSchema = z.strictObject({
  keysFile: z.string().min(1),
  adminToken: secretReference.optional(),
  /** At most this many tasks wait for a key; what comes after is answered 429. */
  maxWaiting: z.number().int().min(1).default(2_000),
  /** Tasks taken from the topic and worked on at once. */
  concurrency: z.number().int().min(1).default(256),
  /** A call to the model that takes longer is given up and tried elsewhere. */
  callTimeoutSeconds: z.number().positive().default(10),
  /** Where pictures sent by reference may be fetched from: a reference has to start with one of these. */
  imageBaseUrls: z.array(z.url({ protocol: /^https?$/ }).endsWith('/')).default([]),
  host,
  port: port.default(0),
});

export const cameraSchema = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,64}$/),
  name: z.string().min(1).max(64).optional(),
  /** A video file or a folder of images; absent: the deployment's `cameras.source`. */
  source: z.string().min(1).optional(),
});

export const deploymentSchema = z.strictObject({
  /** Shown in the dashboard's header. */
  site: z.string().min(1).default('Demo site'),
  /** Everything that outlives a restart: broker data, checkpoints, database, evidence, operators' flags. */
  dataDir: z.string().min(1),
  kafka: kafkaSchema,
  /** How assessment tasks reach the scheduler: Flink calls its HTTP endpoint, or writes `assessment-tasks-topic`. */
  dispatch: z.enum(['http', 'topic']).default('http'),
  cameras: z
    .strictObject({
      list: z.array(cameraSchema).default([]),
      /** A video file or a folder of images that every camera without its own source replays. */
      source: z.string().min(1).optional(),
      /** Seconds between two sampled frames of one camera. */
      sampleSeconds: z.number().positive().default(2),
      model: z.string().min(1).optional(),
      modelSpec: z.string().min(1).optional(),
      motionGate: z.boolean().default(false),
      host,
      port: port.default(0),
    })
    .prefault({}),
  policyFile: z.string().min(1).optional(),
  scheduler: schedulerSchema,
  flink: z
    .strictObject({
      parallelism: z.number().int().min(1).default(1),
      checkpointSeconds: z.number().positive().default(5),
      dedupeMinutes: z.number().nonnegative().default(10),
      deadlineSeconds: z.number().positive().default(30),
      host,
      port: port.default(0),
    })
    .prefault({}),
  storage: z
    .strictObject({
      /** `embedded` is Postgres in process under the data folder; else a postgres:// URL or a reference to one. */
      database: secretReference.default('embedded'),
      evidenceHours: z.number().positive().default(72),
      /** Results are deleted this long after capture. */
      resultDays: z.number().positive().default(365),
      host,
      port: port.default(0),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      rules: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            minLevel: z.enum(riskLevels).default('low'),
            cameras: z.array(z.string()).optional(),
            channels: z.array(z.string()).default(['console']),
          }),
        )
        .default([{ name: 'every-risk', minLevel: 'low', channels: ['console'] }]),
      webhooks: z
        .record(
          z.string(),
          z.strictObject({
            /** http(s); many services put their secret into it, so it may be a reference. */
            url: secretReference,
            /** Sent as `Authorization: Bearer …`. */
            token: secretReference.optional(),
            /** At most this many calls a second leave for this webhook. */
            perSecond: z.number().positive().default(2),
          }),
        )
        .default({}),
      /** As in `storage`; both roles may share one server's database. */
      database: secretReference.default('embedded'),
      /** Alerts are deleted this long after they were raised. */
      historyDays: z.number().positive().default(30),
      host,
      port: port.default(0),
    })
    .prefault({}),
  dashboard: z.strictObject({ host, port: port.default(0) }).prefault({}),
});

/** What a person hands to the launcher: it fills in the data folder, a broker of its own and keys for the simulator. */
export const deploymentFileSchema = deploymentSchema.extend({
  dataDir: z.string().min(1).optional(),
  kafka: kafkaSchema.partial({ brokers: true }).prefault({}),
  scheduler: schedulerSchema.partial({ keysFile: true }).prefault({}),
});

export type DeploymentFile = z.infer<typeof deploymentFileSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;
export type DeploymentInput = z.input<typeof deploymentSchema>;
export type RiskLevel = (typeof riskLevels)[number];
