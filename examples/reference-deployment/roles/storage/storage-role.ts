import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RetryLaterError } from '@riskwatch/kafka-adapter';
import {
  parseDetection,
  parseRiskAssessment,
  topicContracts,
  type Detection,
  type RiskAssessment,
} from '@riskwatch/kafka-adapter/messages';
import { resolveSecret } from '../../config/load-deployment.js';
import { BatchWriter } from '../../database/batch-writer.js';
import { migrate, readMigrations } from '../../database/migrate.js';
import { openDatabase } from '../../database/open-database.js';
import { Consumers } from '../../role-process/consumers.js';
import { durably } from '../../role-process/durable-write.js';
import { keepHouse } from '../../role-process/housekeeping.js';
import type { RoleContext, RoleDefinition } from '../../role-process/run-role.js';
import { AssessmentTable, type SourcedAssessment, type StoreOutcome } from './assessment-table.js';
import { takeEvidence } from './evidence-intake.js';
import { EvidenceStore } from './evidence-store.js';
import { addStorageRoutes } from './routes.js';
import { createStorageMetrics } from './storage-metrics.js';

export const STORAGE_CONSUMER_GROUP = 'riskwatch-storage';
export const EVIDENCE_CONSUMER_GROUP = 'riskwatch-storage-evidence';

const HOUR_MS = 3_600_000;
const HOUSEKEEPING_MS = 60_000;
const RESULTS_AT_ONCE = 256;
/** Nobody waits for a row; a steady flow costs five transactions a second, not one a result. */
const BETWEEN_WRITES_MS = 200;
const PICTURES_AT_ONCE = 8;
const DISK_RETRY_MS = 5_000;

/** Results → database, pictures of detections → files, both readable over HTTP. */
export const storageRole: RoleDefinition = {
  name: 'storage',
  address: ({ storage }) => storage,
  start: startStorage,
};

async function startStorage(context: RoleContext): Promise<() => Promise<void>> {
  const { deployment, configDir, http, health, log, signal } = context;
  const { kafka, storage, dataDir } = deployment;
  const evidenceFolder = join(dataDir, 'evidence');
  await mkdir(evidenceFolder, { recursive: true });
  const database = await openDatabase(resolveSecret(storage.database, configDir), join(dataDir, 'storage'));
  await migrate(database, 'storage', readMigrations(new URL('./storage-migrations/', import.meta.url)));

  const table = new AssessmentTable(database);
  const evidence = new EvidenceStore({
    folder: evidenceFolder,
    keepMs: storage.evidenceHours * HOUR_MS,
    now: Date.now,
  });
  const metrics = createStorageMetrics(context.metrics, { freeEvidenceBytes: () => evidence.freeBytes() });
  addStorageRoutes(http, { table, evidence });

  const writer = new BatchWriter<SourcedAssessment, StoreOutcome>(
    (items) => {
      metrics.batchSize.set(items.length);
      return table.store(items);
    },
    { restMs: BETWEEN_WRITES_MS },
  );
  const storeResult = async (assessment: RiskAssessment, source: string) => {
    const outcome = await durably(context, () => writer.add({ assessment, source }));
    if (outcome === 'stored') metrics.stored.inc({ status: assessment.status });
    else if (outcome === 'repeat') metrics.repeats.inc();
    else metrics.redelivered.inc();
  };
  const keepPicture = async (detection: Detection) => {
    try {
      await takeEvidence(evidence, metrics, detection);
      health.set('evidence');
    } catch (error) {
      health.set('evidence', error instanceof Error ? error.message : String(error));
      throw new RetryLaterError({ delayMs: DISK_RETRY_MS, cause: error });
    }
  };

  const consumers = new Consumers(context);
  consumers.add({
    topic: kafka.topics.results.name ?? topicContracts.results.name,
    consumerGroup: STORAGE_CONSUMER_GROUP,
    concurrency: RESULTS_AT_ONCE,
    parse: parseRiskAssessment,
    handle: ({ body, topic, partition, offset }) => storeResult(body, `${topic}/${partition}/${offset}`),
    deadLetters: true,
  });
  consumers.add({
    topic: kafka.topics.detections.name ?? topicContracts.detections.name,
    consumerGroup: EVIDENCE_CONSUMER_GROUP,
    concurrency: PICTURES_AT_ONCE,
    parse: parseDetection,
    handle: ({ body }) => keepPicture(body),
    // The Flink job reads the same records and writes theirs.
    deadLetters: false,
  });

  const house = keepHouse(
    {
      chores: {
        'database upkeep': () => database.maintain(),
        'old results': () => table.removeBefore(new Date(Date.now() - storage.resultDays * 24 * HOUR_MS)),
        'old evidence': async () => metrics.evidenceExpired.inc(await evidence.sweep()),
      },
      everyMs: HOUSEKEEPING_MS,
      log,
      health,
    },
    signal,
  );

  return async () => {
    await consumers.close();
    await house;
    await database.close();
  };
}
