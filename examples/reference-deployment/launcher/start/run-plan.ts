/** Something to be done once what it needs is done. */
export interface PlannedStep<Id extends string> {
  readonly id: Id;
  readonly after: readonly Id[];
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Runs every step as early as its needs allow; steps that need nothing of each other run side by side. After the
 * first failure nothing more begins and what is under way is told to stop; it is waited for, so that nothing goes on
 * behind the caller's back.
 * @throws the first failure, or the reason of `signal`.
 */
export async function runPlan<Id extends string>(
  steps: readonly PlannedStep<Id>[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const begun = new Map<Id, Promise<void>>();
  const begin = (step: PlannedStep<Id>): Promise<void> => {
    const known = begun.get(step.id);
    if (known) return known;
    const needs = step.after.map((id) => {
      const needed = steps.find((candidate) => candidate.id === id);
      if (!needed) throw new TypeError(`${step.id} comes after ${id}, which is not planned`);
      return begin(needed);
    });
    const done = Promise.all(needs).then(async () => {
      either.throwIfAborted();
      await step.run(either);
    });
    begun.set(step.id, done);
    return done;
  };
  const all = steps.map((step) =>
    begin(step).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(all);
  signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
}
