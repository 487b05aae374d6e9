/**
 * Whose frame is next. Each camera has one place, for its newest frame; a newer one takes the place of an older one
 * without losing the camera's turn. Cameras are served in the order in which they began to wait, and a camera whose
 * frame is being worked on waits behind those who waited before. So with n cameras nobody waits for more than n − 1
 * others, however fast some of them are.
 */
export class NewestFrames<T> {
  /** In turn order. */
  readonly #waiting = new Map<string, T>();
  readonly #busy = new Set<string>();
  /** Frames of busy cameras; they join the line when the camera is free. */
  readonly #next = new Map<string, T>();

  /** @returns the older frame of this camera that was never taken, if there was one. */
  put(cameraId: string, frame: T): T | undefined {
    const place = this.#busy.has(cameraId) ? this.#next : this.#waiting;
    const overtaken = place.get(cameraId);
    place.set(cameraId, frame);
    return overtaken;
  }

  /** The next camera's newest frame; the camera is busy until `free`. */
  take(): { readonly cameraId: string; readonly frame: T } | undefined {
    const first = this.#waiting.entries().next();
    if (first.done) return undefined;
    const [cameraId, frame] = first.value;
    this.#waiting.delete(cameraId);
    this.#busy.add(cameraId);
    return { cameraId, frame };
  }

  free(cameraId: string): void {
    this.#busy.delete(cameraId);
    if (!this.#next.has(cameraId)) return;
    this.#waiting.set(cameraId, this.#next.get(cameraId)!);
    this.#next.delete(cameraId);
  }

  /** Frames that wait, those of busy cameras included. */
  get size(): number {
    return this.#waiting.size + this.#next.size;
  }
}
