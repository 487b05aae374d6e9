import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRiskAssessment, topicContracts, type RiskAssessment } from '@riskwatch/kafka-adapter/messages';
import { resolveSecret } from '../../config/load-deployment.js';
import { BatchWriter } from '../../database/batch-writer.js';
import { migrate, readMigrations } from '../../database/migrate.js';
import { openDatabase } from '../../database/open-database.js';
import { Consumers } from '../../role-process/consumers.js';
import { durably } from '../../role-process/durable-write.js';
import { keepHouse } from '../../role-process/housekeeping.js';
import type { RoleContext, RoleDefinition } from '../../role-process/run-role.js';
import type { Alert } from './alert.js';
import { createAlertMetrics } from './alert-metrics.js';
import { AlertTable, type ClaimOutcome, type SourcedResult } from './alert-table.js';
import { createChannels } from './channels/create-channels.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Dispatcher } from './dispatcher.js';
import { EventStream } from './event-stream.js';
import { addAlertRoutes } from './routes.js';

export const ALERTS_CONSUMER_GROUP = 'riskwatch-alerts';

const DAY_MS = 24 * 3_600_000;
/** Repeats of a task come while its records are in the topics, which is at most a day; the second is for the clocks. */
const VERDICTS_KEPT_MS = 2 * DAY_MS;
const HOUSEKEEPING_MS = 60_000;
const RESULTS_AT_ONCE = 256;
/** An alert is not noticeably later for it, and the database has a fraction of the transactions. */
const BETWEEN_CLAIMS_MS = 100;

/** Results → rules → alerts, each brought to its channels until it is acknowledged. */
export const alertsRole: RoleDefinition = {
  name: 'alerts',
  address: ({ alerts }) => alerts,
  start: startAlerts,
};

async function startAlerts(context: RoleContext): Promise<() => Promise<void>> {
  const { deployment, configDir, http, health, log, signal } = context;
  const { kafka, alerts, dataDir } = deployment;
  const channels = createChannels({ deployment, configDir, log, now: Date.now });
  const folder = join(dataDir, 'alerts');
  await mkdir(folder, { recursive: true });
  const database = await openDatabase(resolveSecret(alerts.database, configDir), folder);
  await migrate(database, 'alerts', readMigrations(new URL('./alerts-migrations/', import.meta.url)));

  const table = new AlertTable(database, alerts.rules, Date.now);
  const queue = new DeliveryQueue(database);
  const events = new EventStream();
  const metrics = createAlertMetrics(context.metrics, { queue, listeners: () => events.size, now: Date.now });
  const tell = (alert: Alert) => events.send('alert', alert);
  addAlertRoutes(http, { table, events, onChange: tell });

  await queue.release();
  const dropped = await queue.abandonOthers([...channels.keys()], Date.now());
  if (dropped > 0) log.warn({ deliveries: dropped }, 'given up: their channels are no longer configured');
  const dispatcher = new Dispatcher({
    queue,
    channels,
    health,
    log,
    now: Date.now,
    random: Math.random,
    onOutcome: metrics.onDelivery,
  });

  const writer = new BatchWriter<SourcedResult, ClaimOutcome>((items) => table.claim(items), {
    restMs: BETWEEN_CLAIMS_MS,
  });
  const judge = async (result: RiskAssessment, source: string) => {
    const outcome = await durably(context, () => writer.add({ result, source }));
    if (typeof outcome === 'string') return metrics.onResult(outcome);
    metrics.onResult('raised');
    metrics.onRaised(outcome.raised.riskLevel);
    tell(outcome.raised);
    dispatcher.wake();
  };

  const consumers = new Consumers(context);
  consumers.add({
    topic: kafka.topics.results.name ?? topicContracts.results.name,
    consumerGroup: ALERTS_CONSUMER_GROUP,
    concurrency: RESULTS_AT_ONCE,
    parse: parseRiskAssessment,
    handle: ({ body, topic, partition, offset }) => judge(body, `${topic}/${partition}/${offset}`),
    // Storage reads the same records and writes theirs.
    deadLetters: false,
  });
  const delivering = dispatcher.run(signal);
  const house = keepHouse(
    {
      chores: {
        'database upkeep': () => database.maintain(),
        'old alerts': () =>
          table.removeBefore({
            alerts: new Date(Date.now() - alerts.historyDays * DAY_MS),
            verdicts: new Date(Date.now() - VERDICTS_KEPT_MS),
          }),
      },
      everyMs: HOUSEKEEPING_MS,
      log,
      health,
    },
    signal,
  );

  return async () => {
    events.close();
    await consumers.close();
    await Promise.all([...channels.values()].map((channel) => channel.close()));
    await Promise.all([delivering, house]);
    await database.close();
  };
}
