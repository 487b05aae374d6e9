import { levels, type Level } from './live-state.js';

/** Frames remembered for each camera. */
const MAX_FRAMES = 16;
/** A judgement this much older than a camera's newest one no longer takes part. */
const TOGETHER_MS = 10_000;

export interface SeenDetection {
  readonly cameraId: string;
  readonly detectionId: string;
  readonly capturedAt: number;
}

export interface JudgedDetection extends SeenDetection {
  readonly publishedAt: number;
  /** Absent when the assessment failed: then nothing is known about this group. */
  readonly level?: Level;
  readonly description?: string;
}

/** What is known about a camera's risk. */
export interface CameraVerdict {
  readonly level: Level;
  readonly says: string;
  readonly publishedAt: number;
  readonly capturedAt: number;
}

interface JudgedFrame {
  readonly capturedAt: number;
  readonly expected: Set<string>;
  readonly answers: Map<string, JudgedDetection>;
}

/**
 * The level of each camera: the worst among the groups of its newest judged frame. Results of one frame arrive one by
 * one; until all its groups are answered, a newer frame can only raise the level, so a late "high" is never hidden
 * behind a quick "none".
 */
export class CameraVerdicts {
  readonly #cameras = new Map<string, JudgedFrame[]>();

  /** A detection was produced: its frame is not judged before this group has an answer. */
  seen(detection: SeenDetection): void {
    this.#frame(detection)?.expected.add(detection.detectionId);
  }

  judged(detection: JudgedDetection): void {
    this.#frame(detection)?.answers.set(detection.detectionId, detection);
  }

  of(cameraId: string): CameraVerdict | null {
    const counted: JudgedDetection[] = [];
    for (const frame of this.#cameras.get(cameraId) ?? []) {
      const verdicts = [...frame.answers.values()].filter(({ level }) => level !== undefined);
      const newest = counted[0];
      if (newest && newest.capturedAt - frame.capturedAt > TOGETHER_MS) break;
      counted.push(...verdicts);
      if (verdicts.length > 0 && isComplete(frame)) break;
    }
    const newest = counted[0];
    if (!newest) return null;
    let worst = newest;
    for (const verdict of counted) if (rank(verdict) > rank(worst)) worst = verdict;
    return {
      level: worst.level ?? 'none',
      says: worst.description ?? '',
      publishedAt: Math.max(...counted.map(({ publishedAt }) => publishedAt)),
      capturedAt: newest.capturedAt,
    };
  }

  /** The frame of a detection, newest first in its list; undefined when it is older than all that are remembered. */
  #frame({ cameraId, capturedAt }: SeenDetection): JudgedFrame | undefined {
    let frames = this.#cameras.get(cameraId);
    if (!frames) this.#cameras.set(cameraId, (frames = []));
    const known = frames.find((frame) => frame.capturedAt === capturedAt);
    if (known) return known;
    const at = frames.findIndex((frame) => frame.capturedAt < capturedAt);
    const place = at < 0 ? frames.length : at;
    if (place >= MAX_FRAMES) return undefined;
    const frame: JudgedFrame = { capturedAt, expected: new Set(), answers: new Map() };
    frames.splice(place, 0, frame);
    frames.length = Math.min(frames.length, MAX_FRAMES);
    return frame;
  }
}

const isComplete = (frame: JudgedFrame) => [...frame.expected].every((id) => frame.answers.has(id));
const rank = ({ level }: JudgedDetection) => (level === undefined ? -1 : levels.indexOf(level));
