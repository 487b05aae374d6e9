/**
 * The demo's model, footage and ffmpeg: fetched by hash into the user's cache on first use, found there afterwards.
 * @module
 */
export { AssetError, type AssetErrorCode } from './errors.js';
export { ensureFfmpeg, type FfmpegAsset } from './ffmpeg.js';
export { ensureFootage, type FootageAsset } from './footage.js';
export { ensureModel, MODEL_LICENCE, type ModelAsset } from './model.js';
export type { AssetOptions } from './options.js';
