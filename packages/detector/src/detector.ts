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

/** Hands pictures to idle runners. */
export class ModelDetector implements Detector {
  readonly model: { readonly name: string; readonly version: string };
  readonly concurrency: number;
  readonly #runners: readonly InferenceRunner[];
  readonly #idle: { runner: InferenceRunner; letterbox: Letterbox }[];
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(spec: ModelSpec, runners: readonly InferenceRunner[]) {
    this.model = { name: spec.name, version: spec.version };
    this.concurrency = runners.length;
    this.#runners = runners;
    this.#idle = runners.map((runner) => ({ runner, letterbox: new Letterbox(spec.input) }));
  }

  async detect(frame: RgbImage, { signal }: { readonly signal?: AbortSignal } = {}): Promise<DetectResult> {
    signal?.throwIfAborted();
    assertImage(frame);
    while (this.#idle.length === 0 && !this.#closed) await this.#turn(signal);
    const lane = this.#idle.pop();
    if (this.#closed || !lane) throw new DetectorError('closed', 'The detector is closed');
    const { runner, letterbox } = lane;
    // The mapping is this picture's own: the lane's next one may have another size.
    const toFrame = letterbox.fit(frame);
    const running = runner.run(letterbox.pixels).finally(() => {
      this.#idle.push(lane);
      this.#waiting.shift()?.();
    });
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
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(this.#runners.map((runner) => runner.close()));
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = deferred();
    this.#waiting.push(resolve);
    try {
      await untilAborted(promise, signal);
    } catch (error) {
      const index = this.#waiting.indexOf(resolve);
      // Already woken: the turn belongs to the next in line.
      if (index < 0) this.#waiting.shift()?.();
      else this.#waiting.splice(index, 1);
      throw error;
    }
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
