/** A call on a connection in use reaches the provider's counter about this much later than it was sent. */
export const warmMs = 3;
/** A call that has to open a connection first: name look-up, handshakes, a process that has just started. */
export const coldMs = 150;
/** Clients close connections that idle for longer than this. */
const keepAliveMs = 4_000;

/**
 * How much later than its sending a call may be counted. The first call beyond the number that were in
 * flight lately has to open a connection, which takes longer; a limit that believed it was counted at once
 * would be refused at the seam of its window.
 */
export class SendMargin {
  /** The most in flight in each of the last four seconds. */
  readonly #peaks = [0, 0, 0, 0];
  #second = 0;

  /** For a call sent now, with `inFlight` calls in flight including it. */
  of(now: number, inFlight: number): number {
    const second = Math.floor(now / (keepAliveMs / this.#peaks.length));
    const passed = Math.min(this.#peaks.length, second - this.#second);
    for (let step = 0; step < passed; step += 1) this.#peaks[(second - step) % this.#peaks.length] = 0;
    this.#second = second;
    const open = Math.max(...this.#peaks);
    const current = second % this.#peaks.length;
    this.#peaks[current] = Math.max(this.#peaks[current]!, inFlight);
    return inFlight <= open ? warmMs : coldMs;
  }
}
