export interface NewestFramesOptions {
  /** A frame that has waited longer gives way to fresher ones of other cameras. Default: none does. */
  readonly maxWaitMs?: number;
  readonly now?: () => number;
  /** The camera's frame gave way and will not be taken. */
  readonly onGivenWay?: (cameraId: string) => void;
}

interface Waiting<T> {
  readonly frame: T;
  readonly sinceMs: number;
}

/**
 * Whose frame is next. Each camera has one place, for its newest frame; a newer one takes the place of an older one.
 * The camera that was served longest ago comes first, so with n cameras nobody waits for more than n − 1 others,
 * however fast some of them are. When there is more to look at than can be looked at, frames that waited too long give
 * way: what is looked at is fresh, and the cameras that missed their turn come before the others with their next frame.
 */
export class NewestFrames<T> {
  readonly #maxWaitMs: number;
  readonly #now: () => number;
  readonly #onGivenWay: (cameraId: string) => void;
  readonly #waiting = new Map<string, Waiting<T>>();
  readonly #busy = new Set<string>();
  /** Cameras that were served, the longest ago first. */
  readonly #served = new Set<string>();

  constructor({ maxWaitMs = Infinity, now = () => 0, onGivenWay = () => {} }: NewestFramesOptions = {}) {
    this.#maxWaitMs = maxWaitMs;
    this.#now = now;
    this.#onGivenWay = onGivenWay;
  }

  /** @returns the older frame of this camera that was never taken, if there was one. */
  put(cameraId: string, frame: T): T | undefined {
    const overtaken = this.#waiting.get(cameraId);
    // Cameras that were never served keep the order in which they began to wait.
    this.#waiting.set(cameraId, { frame, sinceMs: this.#now() });
    return overtaken?.frame;
  }

  /** The next camera's newest frame; the camera is busy until `free`. */
  take(): { readonly cameraId: string; readonly frame: T } | undefined {
    const cameraId = this.#next();
    if (cameraId === undefined) return undefined;
    const { frame } = this.#waiting.get(cameraId)!;
    this.#waiting.delete(cameraId);
    this.#busy.add(cameraId);
    this.#served.delete(cameraId);
    this.#served.add(cameraId);
    return { cameraId, frame };
  }

  free(cameraId: string): void {
    this.#busy.delete(cameraId);
  }

  /** Frames that wait, those of busy cameras included. */
  get size(): number {
    return this.#waiting.size;
  }

  #next(): string | undefined {
    const ready = [...this.#waiting].filter(([cameraId]) => !this.#busy.has(cameraId));
    const oldest = this.#now() - this.#maxWaitMs;
    const fresh = ready.filter(([, { sinceMs }]) => sinceMs >= oldest);
    if (fresh.length === 0) {
      // Better late than an idle model.
      return ready.reduce<[string, Waiting<T>] | undefined>(
        (newest, each) => (newest && newest[1].sinceMs >= each[1].sinceMs ? newest : each),
        undefined,
      )?.[0];
    }
    for (const [cameraId, { sinceMs }] of ready) {
      if (sinceMs >= oldest) continue;
      this.#waiting.delete(cameraId);
      this.#onGivenWay(cameraId);
    }
    const waiting = new Set(fresh.map(([cameraId]) => cameraId));
    for (const cameraId of waiting) if (!this.#served.has(cameraId)) return cameraId;
    for (const cameraId of this.#served) if (waiting.has(cameraId)) return cameraId;
    return undefined;
  }
}
