import type * as OnnxRuntime from 'onnxruntime-node';
import type { Person } from '../boxes/box.js';
import { systemClock } from '../clock.js';
import { asDetectorError, DetectorError, reasonOf } from '../errors.js';
import { decodePeople } from './decode.js';
import type { InferenceReply, InferenceRequest } from './inference-protocol.js';
import { InputTensor } from './input-tensor.js';
import type { ModelSpec } from './model-spec.js';

/** One model in a process of its own: ONNX Runtime's `run` blocks its thread for as long as an inference takes. */
class Model {
  readonly #spec: ModelSpec;
  readonly #tensor: InputTensor;
  #infer!: (input: InputTensor) => ReturnType<OnnxRuntime.InferenceSession['run']>;

  constructor(spec: ModelSpec) {
    this.#spec = spec;
    this.#tensor = new InputTensor(spec.input);
  }

  async load(): Promise<void> {
    const { InferenceSession, Tensor, env } = await loadRuntime();
    env.logLevel = 'error';
    const { file, input, output } = this.#spec;
    let session: OnnxRuntime.InferenceSession;
    try {
      // A second thread spins while it waits: double the processor time for little speed.
      session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
    } catch (error) {
      throw new DetectorError('model_invalid', `${file} does not load: ${reasonOf(error)}`);
    }
    this.#need('input', input.name, session.inputNames);
    this.#need('output', output.name, session.outputNames);
    this.#infer = ({ values, dims }) =>
      session.run({ [input.name]: new Tensor('float32', values, dims) }, [output.name]);
    try {
      // The first run warms up and shows whether the shapes are what the spec says.
      await this.run(new Uint8Array(input.width * input.height * 3).fill(input.letterbox.pad));
    } catch (error) {
      throw asDetectorError(error, 'model_invalid', `${file} does not run as its spec says`);
    }
  }

  async run(pixels: Uint8Array): Promise<Person[]> {
    this.#tensor.fill(pixels);
    const outputs = await this.#infer(this.#tensor);
    const { dims, data } = outputs[this.#spec.output.name]!;
    return decodePeople({ dims, data: data as Float32Array }, this.#spec);
  }

  #need(kind: string, name: string, names: readonly string[]): void {
    if (names.includes(name)) return;
    const message = `${this.#spec.file} has no ${kind} ${name}; it has ${names.join(', ')}`;
    throw new DetectorError('model_invalid', message);
  }
}

async function loadRuntime(): Promise<typeof OnnxRuntime> {
  try {
    // A CommonJS module: not all its names are found on the namespace.
    const module: typeof OnnxRuntime & { default?: typeof OnnxRuntime } = await import('onnxruntime-node');
    return module.default ?? module;
  } catch (cause) {
    const message = `onnxruntime-node does not load (npm install onnxruntime-node@1.17.0): ${reasonOf(cause)}`;
    throw new DetectorError('dependency_missing', message);
  }
}

async function answer(request: InferenceRequest): Promise<InferenceReply> {
  try {
    if (request.type === 'load') {
      model = new Model(request.spec);
      await model.load();
      return { type: 'loaded' };
    }
    if (!model) throw new DetectorError('inference_failed', 'No model is loaded');
    const startedAt = systemClock.monotonicMs();
    const people = await model.run(request.pixels);
    return { type: 'people', people, ms: systemClock.monotonicMs() - startedAt };
  } catch (error) {
    const { code, message } = asDetectorError(error, 'inference_failed', 'The model failed');
    return { type: 'failed', code, message };
  }
}

let model: Model | undefined;
let turn: Promise<unknown> = Promise.resolve();

process.on('message', (request: InferenceRequest) => {
  turn = turn.then(async () => process.send?.(await answer(request)));
});
// Signals to the whole process group are the parent's affair: it may still want what is in hand. When it is gone,
// however it went, the channel closes.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit());
