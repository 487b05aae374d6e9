/** A call on a connection in use reaches the provider's counter about this much later than it was sent. */
const warmMs = 5;
/** A call that has to open a connection first: name look-up, handshakes, a process that has just started. */
const coldMs = 150;
/** Clients close connections that idle for longer than this. */
const keepAliveMs = 4000;

/**
 * How much later than its sending a call may be counted. The first call beyond the number that were in
 * flight lately has to open a connection, which takes longer; a limit that believed it was counted at once
 * would be refused at the seam of its window.
 */
export class SendMargin {
  #peak = 0;
  #peakUntil = -Infinity;

  /** For a call sent now, with `inFlight` calls in flight including it. */
  of(now: number, inFlight: number): number {
    if (now > this.#peakUntil) this.#peak = 0;
    if (inFlight < this.#peak) return warmMs;
    this.#peakUntil = now + keepAliveMs;
    if (inFlight === this.#peak) return warmMs;
    this.#peak = inFlight;
    return coldMs;
  }
}
