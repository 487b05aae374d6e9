import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Person } from '../boxes/box.js';
import type { Clock } from '../clock.js';
import { DetectorError } from '../errors.js';
import type { InferenceReply, InferenceRequest } from './inference-protocol.js';
import type { ModelSpec } from './model-spec.js';

export interface Inference {
  /** Boxes in pixels of the model's input. */
  readonly people: readonly Person[];
  readonly ms: number;
}

/** Runs one model on letterboxed pixels, one picture at a time. */
export interface InferenceRunner {
  /** Loads the model, so that a wrong one is known before the first frame. */
  start(): Promise<void>;
  /** The pixels must stay as they are until the answer is there. */
  run(pixels: Uint8Array): Promise<Inference>;
  close(): Promise<void>;
}

const LOAD_DEADLINE_MS = 60_000;
const RUN_DEADLINE_MS = 30_000;

/**
 * The model in a child process. ONNX Runtime's JavaScript `run` is synchronous underneath and its addon cannot be
 * loaded twice into one process, which rules out worker threads that may have to be started again; a process also
 * keeps a crash of native code away from the cameras. A child that died is replaced at the next run.
 */
export class InferenceProcess implements InferenceRunner {
  readonly #spec: ModelSpec;
  readonly #clock: Clock;
  #child: ChildProcess | undefined;
  #starting: Promise<void> | undefined;
  #closed = false;

  constructor(spec: ModelSpec, clock: Clock) {
    this.#spec = spec;
    this.#clock = clock;
  }

  start(): Promise<void> {
    if (this.#closed) return Promise.reject(new DetectorError('closed', 'The detector is closed'));
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#kill();
      throw error;
    });
    return this.#starting;
  }

  async run(pixels: Uint8Array): Promise<Inference> {
    await this.start();
    const reply = await this.#ask({ type: 'run', pixels }, RUN_DEADLINE_MS);
    if (reply.type !== 'people') throw new DetectorError('inference_failed', 'The model gave no answer');
    return reply;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((done) => child.once('exit', () => done()));
    this.#kill();
    await gone;
  }

  async #start(): Promise<void> {
    const file = fileURLToPath(new URL('./inference-child.js', import.meta.url));
    const child = fork(file, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // Native code writes warnings nobody asked for; the stream is drained so that it never blocks.
    child.stderr?.resume();
    child.once('exit', () => {
      if (this.#child === child) this.#forget();
    });
    this.#child = child;
    await this.#ask({ type: 'load', spec: this.#spec }, LOAD_DEADLINE_MS);
  }

  async #ask(request: InferenceRequest, deadlineMs: number): Promise<InferenceReply> {
    const child = this.#child;
    if (!child) throw new DetectorError('inference_failed', 'The inference process is gone');
    const answered = new AbortController();
    try {
      return await Promise.race([
        exchange(child, request, answered.signal),
        this.#clock.sleep(deadlineMs, answered.signal).then(() => {
          this.#kill();
          throw new DetectorError('inference_failed', `No answer of the model after ${deadlineMs} ms`);
        }),
      ]);
    } finally {
      answered.abort();
    }
  }

  #kill(): void {
    this.#child?.kill('SIGKILL');
    this.#forget();
  }

  #forget(): void {
    this.#child = undefined;
    this.#starting = undefined;
  }
}

/** One request and its reply; a child that ends instead is an error. Listeners are gone afterwards. */
function exchange(
  child: ChildProcess,
  request: InferenceRequest,
  signal: AbortSignal,
): Promise<InferenceReply> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new DetectorError('inference_failed', `The inference process ${why}`));
    const onMessage = (reply: InferenceReply) =>
      reply.type === 'failed' ? reject(new DetectorError(reply.code, reply.message)) : resolve(reply);
    const onExit = (code: number | null, killedBy: string | null) =>
      fail(`ended with ${killedBy ?? `exit code ${code}`}`);
    const onError = (error: Error) => fail(`cannot be reached: ${error.message}`);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    signal.addEventListener(
      'abort',
      () => child.off('message', onMessage).off('exit', onExit).off('error', onError),
      { once: true },
    );
    // Sends by way of the callback: without one, a broken channel would throw outside of this promise.
    child.send(request, (error) => error && onError(error));
  });
}
