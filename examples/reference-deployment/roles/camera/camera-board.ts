import {
  encodeJpeg,
  type DetectionEvent,
  type DetectorError,
  type Frame,
  type JpegImage,
} from '@riskwatch/detector';
import { timestampOf, type Detection } from '@riskwatch/kafka-adapter/messages';
import { shortPerson } from './detection-message.js';

export type CameraState = 'live' | 'stale' | 'offline';

interface BoardEntry {
  readonly id: string;
  readonly name: string;
  state: CameraState;
  sinceMs: number;
  reason: string | undefined;
  /** When its source last gave a frame. */
  frameAtMs: number | undefined;
  /** What its source complained about after that. */
  problem: string | undefined;
  /** When frames were inferred, within the window. */
  inferredAtMs: number[];
  last: { event: DetectionEvent; detections: readonly Detection[]; jpeg?: Promise<JpegImage> } | undefined;
}

const RATE_WINDOW_MS = 20_000;
/** A camera is stale without a frame for this many sample periods, but not before it was silent for so long. */
const STALE_PERIODS = 5;
const STALE_AT_LEAST_MS = 10_000;

/** What every camera does and shows, for the dashboard. */
export class CameraBoard {
  readonly #sampleMs: number;
  readonly #now: () => number;
  readonly #startedAtMs: number;
  readonly #cameras: ReadonlyMap<string, BoardEntry>;

  constructor(
    cameras: readonly { readonly id: string; readonly name?: string | undefined }[],
    sampleSeconds: number,
    now: () => number = Date.now,
  ) {
    this.#sampleMs = sampleSeconds * 1_000;
    this.#now = now;
    this.#startedAtMs = now();
    this.#cameras = new Map(
      cameras.map(({ id, name }) => [
        id,
        {
          id,
          name: name ?? id,
          state: 'stale',
          sinceMs: this.#startedAtMs,
          reason: 'waits for its first frame',
          frameAtMs: undefined,
          problem: undefined,
          inferredAtMs: [],
          last: undefined,
        },
      ]),
    );
  }

  frame(cameraId: string): void {
    const camera = this.#cameras.get(cameraId);
    if (!camera) return;
    camera.frameAtMs = this.#now();
    camera.problem = undefined;
    this.#judge(camera);
  }

  /** A frame was looked at and its detections made. */
  event(event: DetectionEvent, detections: readonly Detection[]): void {
    const camera = this.#cameras.get(event.cameraId);
    if (!camera) return;
    camera.last = { event, detections };
    camera.inferredAtMs.push(this.#now());
    this.#forgetOld(camera);
  }

  problem(cameraId: string, { message }: DetectorError): void {
    const camera = this.#cameras.get(cameraId);
    if (!camera) return;
    camera.problem = message;
    this.#judge(camera);
  }

  /** How many cameras are in each state now. */
  states(): Record<CameraState, number> {
    const counts = { live: 0, stale: 0, offline: 0 };
    for (const camera of this.#cameras.values()) {
      this.#judge(camera);
      counts[camera.state] += 1;
    }
    return counts;
  }

  /** Each camera as `GET /v1/cameras` shows it, without its counts. */
  view() {
    return [...this.#cameras.values()].map((camera) => {
      this.#judge(camera);
      this.#forgetOld(camera);
      const { id, name, state, sinceMs, reason, last, inferredAtMs } = camera;
      const windowMs = Math.min(RATE_WINDOW_MS, this.#now() - this.#startedAtMs);
      const framesPerSecond = windowMs > 0 ? (inferredAtMs.length * 1_000) / windowMs : 0;
      return {
        id,
        name,
        state,
        since: timestampOf(sinceMs),
        ...(reason && { reason }),
        sampleSeconds: this.#sampleMs / 1_000,
        framesPerSecond: Math.round(framesPerSecond * 100) / 100,
        ...(last && { last: lastView(last.event, last.detections) }),
      };
    });
  }

  /** The frame of `last`; `undefined` before the first. Encoded once, and only when somebody looks. */
  picture(cameraId: string): { frame: Frame; jpeg: Promise<JpegImage> } | undefined {
    const last = this.#cameras.get(cameraId)?.last;
    if (!last) return undefined;
    last.jpeg ??= encodeJpeg(last.event.frame, { maxSide: 960, quality: 80 });
    return { frame: last.event.frame, jpeg: last.jpeg };
  }

  #judge(camera: BoardEntry): void {
    const silentMs = this.#now() - (camera.frameAtMs ?? this.#startedAtMs);
    const late = silentMs > Math.max(STALE_PERIODS * this.#sampleMs, STALE_AT_LEAST_MS);
    if (camera.problem !== undefined && (late || camera.frameAtMs === undefined)) {
      this.#enter(camera, 'offline', camera.problem);
    } else if (late) {
      this.#enter(camera, 'stale', `no frame for ${Math.round(silentMs / 1_000)} s`);
    } else if (camera.frameAtMs !== undefined) {
      this.#enter(camera, 'live', undefined);
    }
  }

  #enter(camera: BoardEntry, state: CameraState, reason: string | undefined): void {
    camera.reason = reason;
    if (camera.state === state) return;
    camera.state = state;
    camera.sinceMs = this.#now();
  }

  #forgetOld({ inferredAtMs }: BoardEntry): void {
    const oldest = this.#now() - RATE_WINDOW_MS;
    while (inferredAtMs.length > 0 && inferredAtMs[0]! < oldest) inferredAtMs.shift();
  }
}

function lastView({ frame, people }: DetectionEvent, detections: readonly Detection[]) {
  return {
    sequence: frame.sequence,
    timestamp: timestampOf(frame.timestamp),
    width: frame.width,
    height: frame.height,
    people: people.map(shortPerson),
    groups: detections.map(({ detectionId, group }) => ({
      detectionId,
      box: group.box,
      peopleCount: group.peopleCount,
    })),
  };
}
