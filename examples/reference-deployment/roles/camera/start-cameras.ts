import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import {
  createDetector,
  Pipeline,
  readModelSpec,
  type DetectionEvent,
  type DetectorError,
} from '@riskwatch/detector';
import { createProducer } from '@riskwatch/kafka-adapter';
import { createUuidV7, topicContracts } from '@riskwatch/kafka-adapter/messages';
import { DeploymentConfigError } from '../../config/load-deployment.js';
import { kafkaConnection } from '../../role-process/kafka-connection.js';
import type { RoleContext } from '../../role-process/run-role.js';
import { CameraBoard } from './camera-board.js';
import { createCameraMetrics } from './camera-metrics.js';
import { openSources } from './camera-sources.js';
import { detectionMessage } from './detection-message.js';
import { DetectionOutbox } from './detection-outbox.js';
import { addCameraRoutes } from './routes.js';

/** Of the ten seconds that a role has to stop: for frames in hand, then for detections in hand. */
const FINISH_FRAMES_MS = 3_000;
const FLUSH_MS = 5_000;
const NO_FRAMES = 'none gives frames';
const CHECK_MS = 1_000;
/** A request to the broker that takes longer means that it is away. */
const BROKER_SILENT_MS = 5_000;

/** Sources → model → groups → `detection-results-topic`. */
export async function startCameras(context: RoleContext): Promise<() => Promise<void>> {
  const { deployment, configDir, log, health, signal } = context;
  const { cameras, kafka } = deployment;
  if (!cameras.model || !cameras.modelSpec) {
    throw new DeploymentConfigError('cameras: model and modelSpec have to name the ONNX file and its spec');
  }
  const model = await readModelSpec(resolve(configDir, cameras.modelSpec), {
    file: resolve(configDir, cameras.model),
    signal,
  });
  const processes = inferenceProcesses(cameras.list.length / cameras.sampleSeconds, availableParallelism());
  const detector = await createDetector({ model, processes, signal });
  const board = new CameraBoard(cameras.list, cameras.sampleSeconds);
  const sampling = new AbortController();

  const producer = createProducer({ connection: kafkaConnection(context) });
  let detections = 0;
  const outbox = new DetectionOutbox({
    producer,
    topic: kafka.topics.detections.name ?? topicContracts.detections.name,
    onStored: ({ cameraId }) => {
      detections += 1;
      metrics.produced.inc({ camera: cameraId });
    },
    onRetry: ({ detectionId }, err) => log.warn({ detectionId, err }, 'detection not stored, trying again'),
    onRefused: ({ detectionId }, err) => {
      metrics.refused.inc({ code: (err as { code?: string }).code ?? 'unknown' });
      log.error({ detectionId, err }, 'detection lost: the broker did not take it');
    },
  });

  const onProblem = (problem: DetectorError, cameraId: string) => {
    board.problem(cameraId, problem);
    metrics.problems.inc({ camera: cameraId, code: problem.code });
    log.warn({ camera: cameraId, code: problem.code }, problem.message);
  };
  const sources = await openSources({ cameras, configDir, signal: sampling.signal, onProblem });
  const pipeline = new Pipeline(sources, {
    detector,
    motionGate: cameras.motionGate,
    signal: sampling.signal,
    onFrame: (_frame, cameraId) => board.frame(cameraId),
    onProblem,
  });
  const cameraIds = cameras.list.map(({ id }) => id);
  const metrics = createCameraMetrics(context.metrics, {
    cameraIds,
    counts: (id) => pipeline.counts(id),
    states: () => board.states(),
    waiting: () => outbox.waiting,
  });

  const newId = createUuidV7({ now: Date.now, randomBytes });
  const take = (event: DetectionEvent) => {
    const made = event.groups.map((group) => detectionMessage(newId(), event, group));
    for (const detection of made) outbox.add(detection);
    metrics.inference.observe(event.inferenceMs / 1_000);
    metrics.detectionDelay.observe((Date.now() - event.frame.timestamp) / 1_000);
    board.event(event, made);
  };
  const running = (async () => {
    for await (const event of pipeline) {
      take(event);
      // While the broker is away new frames are dropped before the model; what was detected waits here.
      await outbox.room(sampling.signal);
    }
  })();
  running.catch((error: unknown) => !signal.aborted && context.fail(error));

  health.set('cameras', NO_FRAMES);
  const check = setInterval(() => {
    const { inFlightMs } = producer.stats();
    const silent = inFlightMs > BROKER_SILENT_MS;
    health.set('kafka', silent ? `no answer for ${Math.round(inFlightMs / 1_000)} s` : undefined);
    const { live } = board.states();
    health.set('cameras', live === 0 ? NO_FRAMES : undefined);
  }, CHECK_MS);

  const stop = async () => {
    pipeline.stop();
    await running;
    await outbox.flush();
    const frames = cameraIds.reduce((sum, id) => sum + (pipeline.counts(id)?.inferred ?? 0), 0);
    return { frames, detections };
  };
  addCameraRoutes(context.http, { board, counts: (id) => pipeline.counts(id), stop });

  return async () => {
    clearInterval(check);
    pipeline.stop();
    const late = setTimeout(() => sampling.abort(), FINISH_FRAMES_MS);
    await running.catch(() => {});
    clearTimeout(late);
    sampling.abort();
    await producer.close({ deadlineMs: FLUSH_MS });
    // Those that wait for another try now learn that there is none, and are logged.
    await outbox.flush();
    await detector.close();
  };
}

/** A generous guess of what one picture costs on one core; too many processes would only take turns. */
const INFERENCE_SECONDS = 0.12;

/** As many as the cameras keep busy, and one core less than there are. */
export function inferenceProcesses(framesPerSecond: number, cores: number): number {
  return Math.max(1, Math.min(Math.ceil(framesPerSecond * INFERENCE_SECONDS), cores - 1));
}
