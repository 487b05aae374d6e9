import type { KeyPool } from '@riskwatch/keypool';
import { openKeysFile, type KeysFile } from '@riskwatch/keypool/config';
import type { RoleContext } from '../../../role-process/run-role.js';

/** The keys file describes no pool that this scheduler could use; the message says what to change. */
export class SchedulerPoolError extends Error {
  readonly code = 'scheduler_pool_invalid';
  override readonly name = 'SchedulerPoolError';
}

export interface SchedulerPool {
  readonly file: KeysFile;
  readonly pool: KeyPool;
}

/**
 * Opens the keys file and follows it: its pool `default`, or the only one it has.
 * @throws {SchedulerPoolError} KeyPoolError where the file is wrong
 */
export async function openSchedulerPool(
  path: string,
  maxWaiting: number,
  { log, signal, fail }: Pick<RoleContext, 'log' | 'signal' | 'fail'>,
): Promise<SchedulerPool> {
  const file = await openKeysFile(path, { signal, admission: { maxWaiting } });
  const [only] = file.pools.size === 1 ? file.pools.values() : [];
  const pool = only ?? file.pool();
  if (pool.baseUrls.length === 0) {
    throw new SchedulerPoolError(`${path}: baseUrl is missing; say where ${pool.provider.name} calls go`);
  }
  file.on('reloaded', () => {
    log.info({ path }, 'keys file taken over');
    if (![...file.pools.values()].includes(pool))
      fail(new SchedulerPoolError(`${path}: the pool in use was removed`));
  });
  file.on('rejected', (error) =>
    log.error({ path, why: error.message }, 'keys file refused; the old keys stay'),
  );
  followEvents(pool, log);
  return { file, pool };
}

/** What happens to keys by themselves is worth a line: somebody may have to act. */
function followEvents(pool: KeyPool, log: RoleContext['log']): void {
  const at = (until: number | undefined) =>
    until !== undefined && Number.isFinite(until) ? new Date(until).toISOString() : undefined;
  pool.on('key-quarantined', ({ until, ...event }) =>
    log.warn({ ...event, until: at(until) }, 'key quarantined'),
  );
  pool.on('key-restored', (event) => log.info(event, 'key works again'));
  pool.on('group-exhausted', ({ until, ...event }) =>
    log.warn({ ...event, until: at(until) }, 'quota group exhausted'),
  );
  pool.on('group-cooling', ({ until, ...event }) =>
    log.info({ ...event, until: at(until) }, 'quota group cools down'),
  );
  pool.on('endpoint-failing', ({ until, ...event }) =>
    log.warn({ ...event, until: at(until) }, 'provider failing'),
  );
  pool.on('endpoint-ready', (event) => log.info(event, 'provider answers again'));
}
