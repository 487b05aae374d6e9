import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalFlink } from '@riskwatch/local-flink';
import { startLocalKafka } from '@riskwatch/local-kafka';
import type { Deployment } from '../../config/deployment.js';
import { loadPolicy } from '../../config/policy.js';
import type { Locations } from '../data-folder/locations.js';
import { startJvm } from '../processes/jvm-service.js';
import { startNodeProgram } from '../processes/node-program.js';
import type { Service } from '../processes/service.js';
import { kafkaProperties } from './kafka-properties.js';
import type { Session } from './session.js';
import { flinkReasons, readyReasons } from '../watch/probe.js';

export interface ServiceContext extends Session {
  readonly locations: Locations;
  /** Where the roles' programs lie. */
  readonly distDir: string;
  readonly cacheDir: string;
}

/** Every process of this run. */
export function servicesOf(context: ServiceContext): Service[] {
  return [
    ...(context.ownKafka ? [kafkaService(context)] : []),
    ...(context.simulatorPort === undefined ? [] : [providerService(context, context.simulatorPort)]),
    flinkService(context),
    ...roleIds.map((id) => roleService(id, context)),
  ];
}

const logFileOf = ({ locations }: ServiceContext, name: string) => join(locations.logs, `${name}.log`);

const readyOnceStarted = () => Promise.resolve([]);

/** A broker of our own, on the port that the deployment names. */
function kafkaService(context: ServiceContext): Service {
  const { deployment, locations, cacheDir } = context;
  const logFile = logFileOf(context, 'kafka');
  const port = Number(deployment.kafka.brokers[0]?.split(':').at(-1));
  return {
    id: 'kafka',
    reasons: readyOnceStarted,
    start: (signal, onProgress) =>
      startJvm(
        'Kafka',
        logFile,
        (starting) =>
          startLocalKafka({
            dataDir: locations.kafka,
            port,
            logFile,
            cacheDir,
            signal: starting,
            onProgress: ({ done, total }) => onProgress(`fetching jars: ${done} of ${total}`),
          }),
        signal,
      ),
  };
}

/** The Flink job, which goes on from its newest whole checkpoint. */
function flinkService(context: ServiceContext): Service {
  const { deployment, locations, cacheDir } = context;
  const { flink, kafka, scheduler, dispatch } = deployment;
  const logFile = logFileOf(context, 'flink');
  const restUrl = `http://${flink.host}:${flink.port}`;
  const job = {
    brokers: kafka.brokers,
    kafkaProperties: kafkaProperties(kafka, locations.run),
    ...(kafka.topics.detections.name && { detectionsTopic: kafka.topics.detections.name }),
    policyVersion: loadPolicy(deployment.policyFile).version,
    dispatch:
      dispatch === 'http'
        ? ({ mode: 'http', endpoint: `http://${scheduler.host}:${scheduler.port}/v1/assessments` } as const)
        : {
            mode: 'topic' as const,
            ...(kafka.topics.tasks.name && { tasksTopic: kafka.topics.tasks.name }),
          },
    deadlineSeconds: flink.deadlineSeconds,
    dedupeMinutes: flink.dedupeMinutes,
    parallelism: flink.parallelism,
    checkpointSeconds: flink.checkpointSeconds,
  };
  return {
    id: 'flink',
    reasons: (signal) => flinkReasons(restUrl, signal),
    start: (signal, onProgress) =>
      startJvm(
        'Flink',
        logFile,
        (starting) =>
          startLocalFlink({
            job,
            dataDir: locations.flink,
            host: flink.host,
            restPort: flink.port,
            logFile,
            cacheDir,
            signal: starting,
            onProgress,
          }),
        signal,
      ),
  };
}

/** The provider simulator, on the port that the keys file points at. */
function providerService(context: ServiceContext, port: number): Service {
  return {
    id: 'provider',
    reasons: readyOnceStarted,
    start: (signal) =>
      startNodeProgram(
        {
          name: 'Provider simulator',
          entry: fileURLToPath(import.meta.resolve('@riskwatch/provider-simulator/main')),
          args: ['--config', context.locations.simulator, '--port', String(port)],
          logFile: logFileOf(context, 'provider'),
        },
        signal,
      ),
  };
}

const roleIds = ['scheduler', 'storage', 'alerts', 'dashboard', 'camera'] as const;
type RoleId = (typeof roleIds)[number];

/** Roles behind the verdict: where cores are few they wait, and not the picture on its way to one. */
const watchers: ReadonlySet<RoleId> = new Set(['storage', 'alerts', 'dashboard']);

/** Where a role listens. */
export function roleUrl(id: RoleId, deployment: Deployment): string {
  const { host, port } = id === 'camera' ? deployment.cameras : deployment[id];
  return `http://${host}:${port}`;
}

/** One of the roles of this deployment. */
function roleService(id: RoleId, context: ServiceContext): Service {
  return {
    id,
    reasons: (signal) => readyReasons(roleUrl(id, context.deployment), signal),
    start: (signal) =>
      startNodeProgram(
        {
          name: `The ${id} role`,
          entry: join(context.distDir, `${id}.js`),
          args: ['--config', context.locations.deployment],
          logFile: logFileOf(context, id),
          ...(watchers.has(id) && { priority: constants.priority.PRIORITY_BELOW_NORMAL }),
        },
        signal,
      ),
  };
}
