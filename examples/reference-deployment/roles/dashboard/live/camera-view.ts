import type { CameraVerdict } from './camera-verdicts.js';
import type { CameraView, FrameView } from './live-state.js';

/** A judgement is current for this long beyond the camera's sample period. */
const FRESH_MS = 10_000;

/** What the camera role says about one camera. */
export interface CameraReport {
  readonly id: string;
  readonly name: string;
  readonly state: 'live' | 'stale' | 'offline';
  readonly since: number | null;
  readonly reason: string | null;
  readonly sampleSeconds: number;
  readonly framesPerSecond: number;
  readonly frame: FrameView | null;
}

export interface CameraFacts {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly sampleSeconds: number;
  /** `null` while the camera role does not answer. */
  readonly report: CameraReport | null;
  readonly verdict: CameraVerdict | null;
}

/** One tile of the wall. */
export function cameraView({ id, number, name, sampleSeconds, report, verdict }: CameraFacts): CameraView {
  const frame = report?.frame ?? null;
  return {
    id,
    number,
    name,
    state: report?.state ?? 'unknown',
    since: report?.since ?? null,
    reason: report?.reason ?? null,
    frame,
    level: verdict?.level ?? null,
    judgedAt: verdict?.publishedAt ?? null,
    freshUntil: verdict ? verdict.capturedAt + FRESH_MS + sampleSeconds * 1_000 : null,
    nobody:
      report?.state === 'live' &&
      frame !== null &&
      frame.groups.length === 0 &&
      frame.at > (verdict?.capturedAt ?? 0),
    says: verdict?.says || null,
  };
}

export const isFresh = (camera: CameraView, now: number) =>
  camera.freshUntil !== null && now <= camera.freshUntil;
