import { systemClock, type Clock } from './clock.js';
import { clusterPeople, type ClusterOptions } from './cluster/cluster-people.js';
import { cropJpeg, resolveCrop, type CropOptions } from './crop/jpeg.js';
import type { CameraCounts, DetectedGroup, DetectionEvent } from './detection-event.js';
import type { Detector, DetectResult } from './detector.js';
import { asDetectorError, DetectorError } from './errors.js';
import { assertImage, type Frame } from './frame.js';
import { MotionGate, type MotionGateOptions } from './motion/motion-gate.js';
import { EventQueue } from './schedule/event-queue.js';
import { NewestFrames } from './schedule/newest-frames.js';
import { abortable } from './source/abortable.js';
import { loadSharp } from './source/load-sharp.js';
import { untilAborted } from './until-aborted.js';

export interface WatchedCamera {
  readonly id: string;
  readonly source: AsyncIterable<Frame>;
}

export interface WatchOptions {
  readonly detector: Detector;
  readonly cluster?: ClusterOptions;
  readonly crop?: CropOptions;
  /**
   * Where cameras give more frames than the model can look at, one that has waited this long for the model gives way
   * to fresher ones of other cameras. Milliseconds; default 150. `Infinity`: all wait, and what is seen grows old.
   */
  readonly maxWaitMs?: number;
  /** Leave out frames in which nothing moved. Default false. */
  readonly motionGate?: boolean | MotionGateOptions;
  /** Each frame as its source gives it, before anything else is done with it. */
  readonly onFrame?: (frame: Frame, cameraId: string) => void;
  /** A frame or a source that failed; the others go on. Default: nobody is told. */
  readonly onProblem?: (error: DetectorError, cameraId: string) => void;
  /** Ends at once; what is in hand is let go. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

const PAUSE_AFTER_FAILURE_MS = 500;
const DEFAULT_MAX_WAIT_MS = 150;

interface CameraState extends WatchedCamera {
  readonly counts: { -readonly [Key in keyof CameraCounts]: number };
  readonly gate: MotionGate | undefined;
}

/**
 * Many cameras on one model. Each camera's newest frame waits for its turn, cameras take turns, older frames and those
 * that waited too long are dropped and counted; crops are made while the next inference runs. Whoever iterates sets the pace: events that are
 * not taken hold the model, never the memory.
 */
export class Pipeline implements AsyncIterable<DetectionEvent> {
  readonly #options: WatchOptions;
  readonly #clock: Clock;
  readonly #cameras: ReadonlyMap<string, CameraState>;
  readonly #frames: NewestFrames<Frame>;
  readonly #sampling = new AbortController();
  #sources: number;
  #started = false;
  #wake: () => void = () => {};
  #woken!: Promise<void>;

  /** @throws {DetectorError} `invalid_options`, also where two cameras have one id. */
  constructor(cameras: readonly WatchedCamera[], options: WatchOptions) {
    this.#options = options;
    // Wrong options are known now, not with every frame.
    clusterPeople([], options.cluster);
    resolveCrop(options.crop);
    this.#clock = options.clock ?? systemClock;
    const { maxWaitMs = DEFAULT_MAX_WAIT_MS } = options;
    if (!(maxWaitMs >= 0)) {
      throw new DetectorError('invalid_options', `maxWaitMs must be at least 0, got ${maxWaitMs}`);
    }
    this.#cameras = new Map(
      cameras.map(({ id, source }) => [id, { id, source, counts: noFrames(), gate: gateFor(options) }]),
    );
    if (this.#cameras.size !== cameras.length) {
      throw new DetectorError('invalid_options', 'Two cameras have the same id');
    }
    this.#frames = new NewestFrames({
      maxWaitMs,
      now: () => this.#clock.monotonicMs(),
      onGivenWay: (id) => (this.#cameras.get(id)!.counts.overtaken += 1),
    });
    this.#sources = this.#cameras.size;
    this.#tell();
  }

  /** @returns `undefined` for a camera that is none of this pipeline's. */
  counts(cameraId: string): CameraCounts | undefined {
    const camera = this.#cameras.get(cameraId);
    return camera && { ...camera.counts };
  }

  /** No more frames are taken from the sources; those in hand still become events, then the iteration ends. */
  stop(): void {
    this.#sampling.abort();
  }

  /** Starts the cameras; one iteration a pipeline. Leaving it ends them. */
  [Symbol.asyncIterator](): AsyncIterator<DetectionEvent> {
    if (this.#started) throw new DetectorError('invalid_options', 'A pipeline can be iterated only once');
    this.#started = true;
    return abortable((signal) => this.#run(signal), this.#options.signal)[Symbol.asyncIterator]();
  }

  async *#run(signal: AbortSignal): AsyncGenerator<DetectionEvent, void, undefined> {
    await loadSharp();
    const { concurrency } = this.#options.detector;
    // An event enters the queue while its crops are still being made.
    const events = new EventQueue<{ readonly ready: Promise<DetectionEvent | undefined> }>(concurrency);
    const sampling = AbortSignal.any([signal, this.#sampling.signal]);
    const end = () => events.clear();
    signal.addEventListener('abort', end, { once: true });
    const pumps = [...this.#cameras.values()].map((camera) =>
      this.#pump(camera, AbortSignal.any([sampling])),
    );
    const lanes = Array.from({ length: concurrency }, () => this.#lane(events, signal));
    Promise.all(lanes).then(
      () => events.end(),
      (error: unknown) => events.end(error),
    );
    try {
      for (;;) {
        const next = await events.take();
        if (!next) break;
        const event = await next.ready;
        if (event) yield event;
      }
      signal.throwIfAborted();
    } finally {
      this.#sampling.abort();
      signal.removeEventListener('abort', end);
      await Promise.all(pumps);
    }
  }

  /** Takes frames from one source as they come and puts them in line. */
  async #pump(camera: CameraState, sampling: AbortSignal): Promise<void> {
    let iterator: AsyncIterator<Frame> | undefined;
    try {
      iterator = camera.source[Symbol.asyncIterator]();
      while (!sampling.aborted) {
        const next = await untilAborted(iterator.next(), sampling);
        if (next.done) break;
        this.#line(camera, next.value);
      }
    } catch (error) {
      if (!sampling.aborted) this.#report(asDetectorError(error, 'source_failed', camera.id), camera);
    } finally {
      // A source of the user's may be deaf; nobody waits for it.
      void iterator?.return?.().catch(() => {});
      this.#sources -= 1;
      this.#tell();
    }
  }

  #line(camera: CameraState, frame: Frame): void {
    camera.counts.sampled += 1;
    this.#options.onFrame?.(frame, camera.id);
    try {
      assertImage(frame);
    } catch (error) {
      camera.counts.failed += 1;
      this.#report(asDetectorError(error, 'frame_invalid', camera.id), camera);
      return;
    }
    if (camera.gate && !camera.gate.passes(frame)) {
      camera.counts.still += 1;
      return;
    }
    if (this.#frames.put(camera.id, frame)) camera.counts.overtaken += 1;
    this.#tell();
  }

  /** Works off frames one at a time; there is one lane for each inference that can run at once. */
  async #lane(
    events: EventQueue<{ readonly ready: Promise<DetectionEvent | undefined> }>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const taken = this.#frames.take();
      if (!taken) {
        if (this.#sources === 0 && this.#frames.size === 0) return;
        await untilAborted(this.#woken, signal);
        continue;
      }
      const camera = this.#cameras.get(taken.cameraId)!;
      try {
        const result = await this.#options.detector.detect(taken.frame, { signal });
        camera.counts.inferred += 1;
        await events.put({ ready: this.#finish(camera, taken.frame, result) }, signal);
      } catch (error) {
        signal.throwIfAborted();
        const problem = asDetectorError(error, 'inference_failed', camera.id);
        if (problem.code === 'closed') throw problem;
        camera.counts.failed += 1;
        this.#report(problem, camera);
        await this.#clock.sleep(PAUSE_AFTER_FAILURE_MS, signal);
      } finally {
        this.#frames.free(camera.id);
        this.#tell();
      }
    }
  }

  /** Groups and crops; `undefined` where that failed, which was reported. */
  async #finish(
    camera: CameraState,
    frame: Frame,
    { people, inferenceMs }: DetectResult,
  ): Promise<DetectionEvent | undefined> {
    const { cluster, crop, detector } = this.#options;
    try {
      const groups = await Promise.all(
        clusterPeople(people, cluster).map(async ({ box, people }): Promise<DetectedGroup> => ({
          box,
          people,
          image: await cropJpeg(frame, box, crop),
        })),
      );
      return { cameraId: camera.id, frame, people, groups, model: detector.model, inferenceMs };
    } catch (error) {
      this.#report(asDetectorError(error, 'frame_invalid', camera.id), camera);
      return undefined;
    }
  }

  #report(problem: DetectorError, camera: CameraState): void {
    this.#options.onProblem?.(problem, camera.id);
  }

  /** Lanes that wait look again. */
  #tell(): void {
    const wake = this.#wake;
    this.#woken = new Promise((done) => (this.#wake = done));
    wake();
  }
}

/**
 * Watches one camera.
 * @throws {DetectorError} out of the iteration: `closed` when the detector was closed, `dependency_missing` (sharp).
 */
export function watch(
  source: AsyncIterable<Frame>,
  options: WatchOptions & { readonly cameraId?: string },
): Pipeline {
  return new Pipeline([{ id: options.cameraId ?? 'camera', source }], options);
}

const noFrames = () => ({ sampled: 0, inferred: 0, overtaken: 0, still: 0, failed: 0 });

function gateFor({ motionGate = false }: WatchOptions): MotionGate | undefined {
  if (motionGate === false) return undefined;
  return new MotionGate(motionGate === true ? {} : motionGate);
}
