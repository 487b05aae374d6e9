/**
 * A listener whose own errors stay out of the work that calls it: they become process warnings. Thrown on, they would
 * end the client below, or leave a message undone for ever.
 */
export const guarded =
  <Args extends unknown[]>(listener: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      listener(...args);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
