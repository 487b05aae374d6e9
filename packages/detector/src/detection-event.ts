import type { Box, Person } from './boxes/box.js';
import type { Crop } from './crop/jpeg.js';
import type { Frame } from './frame.js';

/** What was found in one frame of one camera. */
export interface DetectionEvent {
  readonly cameraId: string;
  readonly frame: Frame;
  /** Everyone in the frame, best score first. */
  readonly people: readonly Person[];
  /** The same people by who is together, left to right; empty where nobody is. */
  readonly groups: readonly DetectedGroup[];
  readonly model: { readonly name: string; readonly version: string };
  readonly inferenceMs: number;
}

/** One group of people, with its picture. */
export interface DetectedGroup {
  /** The smallest box around all of them, in pixels of the frame. */
  readonly box: Box;
  readonly people: readonly Person[];
  readonly image: Crop;
}

/** Where a camera's frames went. `sampled` is the sum of the others and of what is still in hand. */
export interface CameraCounts {
  /** Frames that the source gave. */
  readonly sampled: number;
  /** Frames that the model saw. */
  readonly inferred: number;
  /** Frames that a newer one overtook while they waited: of the same camera, or of another after `maxWaitMs`. */
  readonly overtaken: number;
  /** Frames in which the motion gate saw nothing new. */
  readonly still: number;
  /** Frames that were no proper picture, or on which the model failed. */
  readonly failed: number;
}
