import { join, resolve } from 'node:path';
import { createProducer } from '@riskwatch/kafka-adapter';
import { deadLetterTopicOf, topicContracts } from '@riskwatch/kafka-adapter/messages';
import { bindMetrics } from '@riskwatch/keypool/metrics';
import client from 'prom-client';
import { resolveSecret } from '../../config/load-deployment.js';
import { loadPolicy, type Policy } from '../../config/policy.js';
import { kafkaConnection } from '../../role-process/kafka-connection.js';
import type { RoleContext, RoleDefinition } from '../../role-process/run-role.js';
import { AdminToken } from './http/admin-token.js';
import { schedulerApi } from './http/api.js';
import { assessmentsRoute } from './http/assessments-route.js';
import { keysRoutes } from './http/keys-routes.js';
import { statusRoute } from './http/status-route.js';
import { ImageStore } from './image/image-store.js';
import { KeyDesk } from './keys/key-desk.js';
import { OperatorFile } from './keys/operator-file.js';
import { openSchedulerPool, type SchedulerPool } from './keys/scheduler-pool.js';
import { watchUsableKeys } from './keys/usable-keys.js';
import { AnswerContract } from './model/answer.js';
import { Judge } from './model/judge.js';
import { ModelCall } from './model/model-call.js';
import { responseFormat, systemPrompt } from './model/prompt.js';
import { KnownResults } from './results/known-results.js';
import { ResultLog } from './results/result-log.js';
import { Assessor, UnavailableError } from './tasks/assessor.js';
import { TaskMetrics } from './tasks/task-metrics.js';
import { topicIntake } from './tasks/topic-intake.js';

const MIB = 1_024 * 1_024;
/** A task can come again for as long as its topic is kept, and a little longer while it is on its way. */
const COMES_AGAIN_MS = topicContracts.tasks.retentionMs + 15 * 60_000;
/** A Flink job that starts over hands in two hours at once: a hundred thousand results are answered from memory. */
const KNOWN_RESULTS_BYTES = 128 * MIB;
/** Bodies held at once, whichever way they came. */
const MAX_BYTES = 256 * MIB;
/** The process has ten seconds to end: this long for calls under way, the rest for their results. */
const FINISH_CALLS_MS = 6_500;
const FINISH_ALL_MS = 8_000;
const FLUSH_MS = 1_000;

/** Judges tasks: takes them over HTTP and from their topic, and is the only writer of results. */
export const schedulerRole: RoleDefinition = {
  name: 'scheduler',
  address: ({ scheduler }) => ({ host: scheduler.host, port: scheduler.port }),
  bodyLimit: topicContracts.tasks.maxRecordBytes,
  start: startScheduler,
};

async function startScheduler(context: RoleContext): Promise<() => Promise<void>> {
  const { deployment, configDir, log, health, http, metrics, signal } = context;
  const { scheduler, kafka } = deployment;
  const now = Date.now;
  const policy = loadPolicy(deployment.policyFile && resolve(configDir, deployment.policyFile));
  const keysFile = resolve(configDir, scheduler.keysFile);
  const opened = await openSchedulerPool(keysFile, scheduler.maxWaiting, context);
  const { pool } = opened;
  bindMetrics(pool, { client, registry: metrics });
  const operatorFile = new OperatorFile(
    join(resolve(configDir, deployment.dataDir), 'scheduler', 'keys.json'),
  );
  const desk = new KeyDesk(pool, operatorFile, log);
  watchUsableKeys(pool, health);

  const connection = kafkaConnection(context);
  const producer = createProducer({ connection });
  const giveUp = new AbortController();
  const topics = {
    tasks: kafka.topics.tasks.name ?? topicContracts.tasks.name,
    results: kafka.topics.results.name ?? topicContracts.results.name,
  };
  const known = new KnownResults({
    connection,
    topic: topics.results,
    windowMs: COMES_AGAIN_MS,
    maxKeptBytes: KNOWN_RESULTS_BYTES,
    health,
    log,
  });
  const taskMetrics = new TaskMetrics(metrics);
  const assessor = new Assessor({
    judge: createJudge(context, opened, policy),
    known,
    log: new ResultLog({ producer, topic: topics.results, health, signal: giveUp.signal }),
    policy,
    metrics: taskMetrics,
    logger: log,
    maxBytes: MAX_BYTES,
    now,
  });
  taskMetrics.watch({ inHand: () => assessor.inHand, known: () => known.size });
  const intake = topicIntake({
    connection,
    topic: topics.tasks,
    deadLetterTopic: deadLetterTopicOf(topics.tasks),
    producer,
    concurrency: scheduler.concurrency,
    assessor,
    log,
    now,
  });

  const token = scheduler.adminToken && resolveSecret(scheduler.adminToken, configDir);
  const admin = new AdminToken({ token, now });
  await http.register(
    schedulerApi([assessmentsRoute(assessor, now), statusRoute(pool), keysRoutes(pool, desk, admin)], log),
  );

  // What was published is known before any task is taken. The server answers 503 meanwhile, and says why.
  health.set('task intake', 'waiting for the published results');
  const begun = (async () => {
    await known.follow(signal);
    assessor.open();
    health.set('task intake', 'joining');
    await intake.start({ signal });
    health.set('task intake');
  })().catch((error: unknown) => {
    if (!signal.aborted) context.fail(error);
  });

  return async () => {
    const timer = setTimeout(
      () => giveUp.abort(new UnavailableError('the scheduler is stopping')),
      FINISH_ALL_MS,
    );
    await Promise.all([
      begun,
      assessor.close(FINISH_CALLS_MS),
      intake.close({ deadlineMs: FINISH_CALLS_MS + 500 }),
    ]);
    await Promise.all([known.close(), opened.file.close({ deadlineMs: 0 })]);
    await producer.close({ deadlineMs: FLUSH_MS });
    clearTimeout(timer);
  };
}

function createJudge(context: RoleContext, { pool }: SchedulerPool, policy: Policy): Judge {
  const { scheduler } = context.deployment;
  const contract = new AnswerContract(policy);
  const call = new ModelCall({
    pool,
    parameters: { ...policy.parameters, response_format: responseFormat(contract) },
    callTimeoutMs: scheduler.callTimeoutSeconds * 1_000,
    fetch,
    now: Date.now,
  });
  const store = new ImageStore(scheduler.imageBaseUrls);
  return new Judge({ call, contract, system: systemPrompt(policy), store, now: Date.now });
}
