import type { Person } from '../boxes/box.js';
import type { DetectorErrorCode } from '../errors.js';
import type { ModelSpec } from './model-spec.js';

/** To the inference process. */
export type InferenceRequest =
  | { readonly type: 'load'; readonly spec: ModelSpec }
  /** Letterboxed red, green, blue of the model's input size. */
  | { readonly type: 'run'; readonly pixels: Uint8Array };

/** From the inference process; it answers requests in their order. */
export type InferenceReply =
  | { readonly type: 'loaded' }
  /** Boxes in pixels of the model's input. */
  | { readonly type: 'people'; readonly people: Person[]; readonly ms: number }
  | { readonly type: 'failed'; readonly code: DetectorErrorCode; readonly message: string };
