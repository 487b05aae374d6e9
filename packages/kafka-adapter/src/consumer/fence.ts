/**
 * Keeps a member that may have lost its partitions without knowing (frozen, cut off) from starting work: open only
 * while the last sign of life from the group is younger than three quarters of the session timeout. Pure.
 */
export class Fence {
  readonly #closesAfterMs: number;
  #lastSeen: number | undefined;

  constructor(sessionTimeoutMs: number) {
    this.#closesAfterMs = sessionTimeoutMs * 0.75;
  }

  /** The group has answered. */
  seen(nowMs: number): void {
    this.#lastSeen = nowMs;
  }

  isOpen(nowMs: number): boolean {
    return this.#lastSeen !== undefined && nowMs - this.#lastSeen < this.#closesAfterMs;
  }
}
