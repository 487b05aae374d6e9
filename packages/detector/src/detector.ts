import { clipBox, type Person } from './boxes/box.js';
import { systemClock, type Clock } from './clock.js';
import { DetectorError } from './errors.js';
import { assertImage, type RgbImage } from './frame.js';
import { InferenceProcess, type InferenceRunner } from './model/inference-process.js';
import { Letterbox } from './model/letterbox.js';
import type { ModelSpec } from './model/model-spec.js';
import { checkModelSpec } from './model/read-model-spec.js';
import { untilAborted } from './until-aborted.js';

export interface DetectorOptions {
  /** What to run and how; see `readModelSpec` for one in a file. */
  readonly model: ModelSpec;
  /**
   * Inference processes, each with the model and one thread: this many pictures are worked on at once. Default 1. Each
   * costs the model's memory, and a whole processor core while it is busy.
   */
  readonly processes?: number;
  readonly clock?: Clock;
  /** Ends the loading; the detector itself is ended by `close`. */
  readonly signal?: AbortSignal;
}

export interface DetectResult {
  /** Best score first; boxes lie inside the picture, in its pixels. */
  readonly people: readonly Person[];
  /** How long the model took, without waiting for its turn. */
  readonly inferenceMs: number;
}

/** A loaded model. */
export interface Detector {
  readonly model: { readonly name: string; readonly version: string };
  /** How many pictures are worked on at once. */
  readonly concurrency: number;
  /**
   * Finds the people in one picture. Calls beyond `concurrency` wait in order.
   * @throws {DetectorError} `frame_invalid`, `inference_failed`, `closed`; the signal's reason when it aborts.
   */
  detect(frame: RgbImage, options?: { readonly signal?: AbortSignal }): Promise<DetectResult>;
  /** Ends the processes; waiting calls are refused. */
  close(): Promise<void>;
}

/** More people than this are not reported from one picture; the best stay. */
const MAX_PEOPLE = 300;

/**
 * Loads a model and proves it on an empty picture.
 * @throws {DetectorError} `model_invalid`, `dependency_missing` (onnxruntime-node), `invalid_options`.
 */
export async function createDetector(options: DetectorOptions): Promise<Detector> {
  const { processes = 1, clock = systemClock, signal } = options;
  if (!Number.isInteger(processes) || processes < 1) {
    throw new DetectorError('invalid_options', `processes must be a whole number from 1, got ${processes}`);
  }
  const model = checkModelSpec(options.model);
  const runners = Array.from({ length: processes }, () => new InferenceProcess(model, clock));
  const close = () => Promise.all(runners.map((runner) => runner.close()));
  try {
    await untilAborted(Promise.all(runners.map((runner) => runner.start())), signal);
  } catch (error) {
    await close();
    throw error;
  }
  return new ModelDetector(model, runners);
}

/** One picture at a time. */
interface Lane {
  readonly runner: InferenceRunner;
  readonly letterbox: Letterbox;
}

/** Hands pictures to idle runners; a lane that comes free goes to whoever has waited longest. */
export class ModelDetector implements Detector {
  readonly model: { readonly name: string; readonly version: string };
  readonly concurrency: number;
  readonly #lanes: readonly Lane[];
  readonly #idle: Lane[];
  readonly #waiting = new Set<{ give(lane: Lane): void; refuse(error: Error): void }>();
  #closed = false;

  constructor(spec: ModelSpec, runners: readonly InferenceRunner[]) {
    this.model = { name: spec.name, version: spec.version };
    this.concurrency = runners.length;
    this.#lanes = runners.map((runner) => ({ runner, letterbox: new Letterbox(spec.input) }));
    this.#idle = [...this.#lanes];
  }

  async detect(frame: RgbImage, { signal }: { readonly signal?: AbortSignal } = {}): Promise<DetectResult> {
    signal?.throwIfAborted();
    assertImage(frame);
    if (this.#closed) throw isClosed();
    const lane = this.#idle.pop() ?? (await this.#turn(signal));
    // The mapping is this picture's own: the lane's next one may have another size.
    const toFrame = lane.letterbox.fit(frame);
    const running = lane.runner.run(lane.letterbox.pixels).finally(() => this.#free(lane));
    const { people, ms } = await untilAborted(running, signal);
    const inside: Person[] = [];
    for (const { box, confidence } of people.slice(0, MAX_PEOPLE)) {
      const clipped = clipBox(toFrame(box), frame.width, frame.height);
      if (clipped) inside.push({ box: clipped, confidence });
    }
    return { people: inside, inferenceMs: ms };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { refuse } of this.#waiting) refuse(isClosed());
    this.#waiting.clear();
    await Promise.all(this.#lanes.map(({ runner }) => runner.close()));
  }

  #free(lane: Lane): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#idle.push(lane);
      return;
    }
    this.#waiting.delete(first);
    first.give(lane);
  }

  async #turn(signal: AbortSignal | undefined): Promise<Lane> {
    let stop!: () => void;
    try {
      return await new Promise<Lane>((give, refuse) => {
        const waiter = { give, refuse };
        stop = () => {
          // Nothing happens to one that has its lane already: it goes on and hears of the abort there.
          if (this.#waiting.delete(waiter)) refuse(signal?.reason as Error);
        };
        this.#waiting.add(waiter);
        signal?.addEventListener('abort', stop, { once: true });
      });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}

const isClosed = () => new DetectorError('closed', 'The detector is closed');
