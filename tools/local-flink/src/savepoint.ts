import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { flinkRest } from './flink-rest.js';
import { findJob } from './job-state.js';

interface Trigger {
  'request-id': string;
}
interface SavepointStatus {
  status: { id: 'IN_PROGRESS' | 'COMPLETED' };
  operation?: { location?: string; 'failure-cause'?: unknown };
}

const pollMs = 100;

/**
 * Stops the job with a savepoint and returns its path, or undefined when none could be taken in time: with every slot
 * held by a task that waits for a scheduler that is away, nothing gets through. The last checkpoint is then enough.
 */
export const stopWithSavepoint = async (
  restUrl: string,
  savepoints: string,
  deadlineMs: number,
): Promise<string | undefined> => {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const job = await findJob(restUrl, { signal });
    if (job === undefined) return undefined;
    const { 'request-id': trigger } = await flinkRest<Trigger>(restUrl, `/jobs/${job.id}/stop`, {
      method: 'POST',
      // Draining would end the asynchronous calls as if the stream had ended; they are in the savepoint instead.
      body: { targetDirectory: pathToFileURL(savepoints).href, drain: false, formatType: 'CANONICAL' },
      signal,
    });
    for (;;) {
      const { status, operation } = await flinkRest<SavepointStatus>(
        restUrl,
        `/jobs/${job.id}/savepoints/${trigger}`,
        { signal },
      );
      if (status.id === 'COMPLETED') return operation?.location;
      await sleep(pollMs, undefined, { signal });
    }
  } catch {
    return undefined;
  }
};
