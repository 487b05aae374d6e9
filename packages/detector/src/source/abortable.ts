/**
 * An async iterable whose work ends as soon as it is left: a generator alone would hear `return()` only after the
 * step it is in, and a step of a camera may take forever. Every iteration gets a signal of its own, which aborts with
 * `outer` and when the consumer leaves; either way the iteration then ends without an error.
 */
export function abortable<T>(
  start: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  outer?: AbortSignal,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, void> {
      const left = new AbortController();
      const signal = outer ? AbortSignal.any([outer, left.signal]) : left.signal;
      const generator = start(signal);
      const end = { done: true, value: undefined } as const;
      return {
        async next() {
          try {
            return await generator.next();
          } catch (error) {
            if (signal.aborted) return end;
            throw error;
          }
        },
        async return() {
          left.abort();
          await generator.return().catch(() => {});
          return end;
        },
      };
    },
  };
}
