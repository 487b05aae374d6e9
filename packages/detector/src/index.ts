/**
 * People in camera frames, grouped: a YOLO model through ONNX Runtime, bounding-box clustering, one JPEG per group.
 *
 * ```ts
 * import { createDetector, readModelSpec, videoFile, watch } from '@riskwatch/detector';
 *
 * const detector = await createDetector({ model: await readModelSpec('yolov8n.json') });
 * for await (const { frame, groups } of watch(videoFile('yard.mp4'), { detector })) {
 *   console.log(new Date(frame.timestamp), groups.map((group) => group.people.length));
 * }
 * ```
 * @module
 */
export { boxAround, gapBetween, intersectionOverUnion, type Box, type Person } from './boxes/box.js';
export { suppressOverlaps } from './boxes/suppress.js';
export { systemClock, type Clock } from './clock.js';
export { clusterPeople, type Cluster, type ClusterOptions } from './cluster/cluster-people.js';
export { cropJpeg, encodeJpeg, type Crop, type CropOptions, type JpegImage } from './crop/jpeg.js';
export type { CameraCounts, DetectedGroup, DetectionEvent } from './detection-event.js';
export { createDetector, type Detector, type DetectorOptions, type DetectResult } from './detector.js';
export { DetectorError, type DetectorErrorCode } from './errors.js';
export { MAX_PIXELS, type Frame, type RgbImage } from './frame.js';
export type { InputSpec, ModelSpec, OutputLayout, OutputSpec } from './model/model-spec.js';
export { checkModelSpec, readModelSpec } from './model/read-model-spec.js';
export { MotionGate, type MotionGateOptions } from './motion/motion-gate.js';
export { Pipeline, watch, type WatchedCamera, type WatchOptions } from './pipeline.js';
export { decodeImage } from './source/decode-image.js';
export { videoDuration } from './source/ffmpeg.js';
export { imageFolder, type ImageFolderOptions } from './source/image-folder.js';
export type { PaceOptions } from './source/pace.js';
export type { SourceOptions } from './source/source-options.js';
export { videoFile, type VideoFileOptions } from './source/video-file.js';
