const keepAlive = () => {};

/**
 * `AbortSignal.timeout` for use in `AbortSignal.any`. Node 20 lets go of a timeout that only a combined signal
 * depends on, and then it never fires; a listener of its own holds it until it has.
 */
export function timeoutSignal(ms: number): AbortSignal {
  const signal = AbortSignal.timeout(ms);
  signal.addEventListener('abort', keepAlive, { once: true });
  return signal;
}
