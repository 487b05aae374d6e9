import type { PoolReport } from '../live/keys-view.js';
import type { SchedulerFacts } from '../live/stations.js';
import { PeerError, type PeerClient } from './peer-client.js';
import { keysAnswer, statusAnswer } from './upstream.js';

/** The scheduler's state, and its pool where the deployment's admin token opens it. */
export async function readScheduler(
  client: PeerClient,
  signal: AbortSignal,
): Promise<{ status: SchedulerFacts; pool: PoolReport | null }> {
  const [status, pool] = await Promise.all([
    client.json('/v1/status', statusAnswer, signal),
    client.json('/v1/keys', keysAnswer, signal).catch((error: unknown) => {
      if (error instanceof PeerError && (error.status === 401 || error.status === 403)) return null;
      throw error;
    }),
  ]);
  return { status, pool };
}
