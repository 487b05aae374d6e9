import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { topicContracts } from '@riskwatch/kafka-adapter/messages';
import { Counter } from 'prom-client';
import { resolveSecret } from '../../config/load-deployment.js';
import { kafkaConnection } from '../../role-process/kafka-connection.js';
import type { RoleContext, RoleDefinition } from '../../role-process/run-role.js';
import { followAlerts } from './feeds/alerts-feed.js';
import { FlinkFeed } from './feeds/flink-feed.js';
import { KafkaFeed } from './feeds/kafka-feed.js';
import { LagFeed } from './feeds/lag-feed.js';
import { PeerClient } from './feeds/peer-client.js';
import { poll } from './feeds/poll.js';
import { readScheduler } from './feeds/scheduler-feed.js';
import { StartStepsFeed, startStepsFile } from './feeds/start-steps.js';
import { camerasAnswer } from './feeds/upstream.js';
import { PictureCache } from './http/picture-cache.js';
import { LiveModel } from './live/live-model.js';
import type { Peer } from './live/live-state.js';
import { serveDashboard } from './serve-dashboard.js';

const EVERY_MS = 1_000;
/** Flink's numbers and the lags change more slowly than they cost. */
const SLOWER_MS = 2_000;
const TIMEOUT_MS = 3_000;
const RECENT_EVIDENCE_BYTES = 64 * 1_048_576;

export interface DashboardRoleOptions {
  /** The built page. Default: `page/` beside the bundle. */
  readonly pageDir?: string;
}

/** The operators' screen: reads from every other role, writes nothing but acknowledgements. */
export const dashboardRole = (options: DashboardRoleOptions = {}): RoleDefinition => ({
  name: 'dashboard',
  address: ({ dashboard }) => dashboard,
  start: (context) => start(context, options.pageDir ?? fileURLToPath(new URL('./page', import.meta.url))),
});

async function start(context: RoleContext, pageDir: string): Promise<() => Promise<void>> {
  const { deployment, configDir, http, metrics, health, signal } = context;
  // Every feed listens to it.
  setMaxListeners(0, signal);
  const connection = kafkaConnection(context);
  const { adminToken } = deployment.scheduler;
  const clients = {
    camera: new PeerClient(deployment.cameras),
    scheduler: new PeerClient(
      deployment.scheduler,
      adminToken === undefined ? {} : { authorization: `Bearer ${resolveSecret(adminToken, configDir)}` },
    ),
    storage: new PeerClient(deployment.storage),
    alerts: new PeerClient(deployment.alerts),
    flink: new PeerClient(deployment.flink),
  };
  const model = new LiveModel({
    site: deployment.site,
    cameras: deployment.cameras.list.map(({ id, name }) => ({ id, name: name ?? id })),
    sampleSeconds: deployment.cameras.sampleSeconds,
    checkpointSeconds: deployment.flink.checkpointSeconds,
    now: Date.now,
  });
  const recentEvidence = new PictureCache(RECENT_EVIDENCE_BYTES);
  const live = await serveDashboard({
    http,
    metrics,
    pageDir,
    listenHost: deployment.dashboard.host,
    sections: () => model.sections(),
    now: Date.now,
    camera: clients.camera,
    storage: clients.storage,
    alerts: clients.alerts,
    recentEvidence,
    onAlert: (alert) => {
      model.alert(alert);
      live.changed();
    },
  });
  const failed = failureReporter(context, model);

  const { topics } = deployment.kafka;
  const detections = topics.detections.name ?? topicContracts.detections.name;
  const results = topics.results.name ?? topicContracts.results.name;
  const tasks = topics.tasks.name ?? topicContracts.tasks.name;
  health.set('kafka', 'its topics are not read yet');
  const kafka = new KafkaFeed({
    connection,
    topics: { detections, results },
    now: Date.now,
    signal,
    onDetection: (detection) => model.detection(detection),
    onPicture: (sha256, picture) => recentEvidence.set(sha256, picture),
    onResult: (result) => {
      model.result(result);
      live.changed();
    },
    onReading: () => {
      model.reading();
      health.set('kafka');
    },
    onError: (error) => failed('kafka', error),
  });
  const lag = new LagFeed({
    connection,
    metrics,
    consumerGroups: new Map([
      ['riskwatch-flink', detections],
      ['riskwatch-storage', results],
      ['riskwatch-storage-evidence', detections],
      ['riskwatch-alerts', results],
      ...(deployment.dispatch === 'topic' ? ([['riskwatch-scheduler', tasks]] as const) : []),
    ]),
  });
  const flink = new FlinkFeed(clients.flink, Date.now);
  const steps = new StartStepsFeed(startStepsFile(deployment.dataDir));

  const every = <Value>(
    everyMs: number,
    peer: Peer,
    read: (signal: AbortSignal) => Promise<Value>,
    take: (value: Value | null) => void,
  ) =>
    poll({
      everyMs,
      timeoutMs: TIMEOUT_MS,
      signal,
      read,
      onValue: (value) => {
        take(value);
        live.changed();
      },
      onError: (error) => {
        failed(peer, error);
        take(null);
      },
    });

  const running = [
    kafka.run(),
    every(
      EVERY_MS,
      'camera',
      (until) => clients.camera.json('/v1/cameras', camerasAnswer, until),
      (cameras) => model.cameras(cameras),
    ),
    every(
      EVERY_MS,
      'scheduler',
      (until) => readScheduler(clients.scheduler, until),
      (facts) => model.scheduler(facts),
    ),
    every(
      SLOWER_MS,
      'flink',
      (until) => flink.read(until),
      (facts) => model.flink(facts),
    ),
    every(
      SLOWER_MS,
      'storage',
      (until) => clients.storage.ready(until),
      (ready) => model.storage(ready !== null),
    ),
    every(
      SLOWER_MS,
      'kafka',
      (until) => lag.read(until),
      (lags) => {
        const reads = lags !== null && kafka.isReading;
        model.lags(reads ? lags : null);
        if (model.peers.state('kafka') !== 'unknown')
          health.set('kafka', reads ? undefined : 'no broker answers');
      },
    ),
    poll({
      everyMs: EVERY_MS,
      timeoutMs: TIMEOUT_MS,
      signal,
      read: () => steps.read(),
      onValue: (view) => model.start(view),
      onError: (error) => context.log.warn({ err: error }, 'start steps cannot be read'),
    }),
    followAlerts({
      client: clients.alerts,
      signal,
      onList: (alerts) => {
        model.alerts(alerts);
        live.changed();
      },
      onAlert: (alert) => {
        model.alert(alert);
        live.changed();
      },
      onAway: (error) => {
        failed('alerts', error);
        model.alerts(null);
      },
    }),
  ];

  return async () => {
    live.close();
    await Promise.all(running);
    await Promise.all([
      kafka.close(),
      lag.close(),
      ...Object.values(clients).map((client) => client.close()),
    ]);
  };
}

/** Counts every failed read, and says in the log when a peer that answered no longer does. */
function failureReporter(
  { metrics, log }: RoleContext,
  model: LiveModel,
): (peer: Peer, error: unknown) => void {
  const failures = new Counter({
    name: 'riskwatch_dashboard_peer_failures_total',
    help: 'Reads from another process that failed',
    labelNames: ['peer'],
    registers: [metrics],
  });
  return (peer, error) => {
    failures.inc({ peer });
    if (model.peers.state(peer) === 'ok') log.warn({ peer, err: error }, 'no answer');
  };
}
