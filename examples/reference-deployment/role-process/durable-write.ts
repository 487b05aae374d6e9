import { RejectMessageError, RetryLaterError } from '@riskwatch/kafka-adapter';
import { isDataRefused } from '../database/database.js';
import type { RoleContext } from './run-role.js';

const RETRY_MS = 1_000;

/**
 * A message's write to the database, with what a failure means for the message: data that the database refuses will be
 * refused for ever, while everything else (no connection, no space) passes, and the message waits for it.
 * @throws {RejectMessageError | RetryLaterError}
 */
export async function durably<T>(
  { health, log, fail }: Pick<RoleContext, 'health' | 'log' | 'fail'>,
  write: () => Promise<T>,
): Promise<T> {
  try {
    const result = await write();
    health.set('database');
    return result;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isDataRefused(error))
      throw new RejectMessageError(`the database refuses it: ${message}`, { cause: error });
    log.warn({ err: error }, 'not stored, trying again');
    health.set('database', message);
    // An embedded Postgres that aborted stays dead; a new process recovers its files.
    if (error instanceof Error && error.name === 'RuntimeError') fail(error);
    throw new RetryLaterError({ delayMs: RETRY_MS, cause: error });
  }
}
