import { expect, it } from 'vitest';
import { KeyHistory } from '../../../../roles/dashboard/live/key-history.js';
import { keysView, type PoolReport } from '../../../../roles/dashboard/live/keys-view.js';

const now = 600_000;
const quiet = { reason: null, since: null, until: null } as const;

function pool(state: 'ready' | 'cooling', limits: PoolReport['quotaGroups'][number]['limits']): PoolReport {
  return {
    strategy: 'round-robin',
    quotaGroups: [{ id: 'team', state, ...quiet, limits }],
    keys: ['one', 'two'].map((id) => ({
      id,
      quotaGroup: 'team',
      state: 'available' as const,
      ...quiet,
      inFlight: 0,
      calls: 0,
    })),
  };
}

/** Forty calls of each key within the last minute. */
const history = new KeyHistory();
for (const keyId of ['one', 'two'])
  for (let call = 0; call < 40; call += 1) history.add({ keyId, startedAt: now - 30_000 });

const leftOf = (report: PoolReport, told: KeyHistory | null) =>
  keysView(report, told, null, now).quotaGroups[0]!.limits[0]!.remaining;

const bucket = { dimension: 'requests', perSeconds: 60, limit: 300, remaining: 5 };

it('says what is left of the minute where the pool tells what a bucket holds', () => {
  expect(leftOf(pool('ready', [bucket]), history)).toBe(220);
});

it('leaves alone what it cannot know better: other windows and dimensions, a group at rest, calls not read yet', () => {
  expect(leftOf(pool('ready', [{ ...bucket, perSeconds: 1 }]), history)).toBe(5);
  expect(leftOf(pool('ready', [{ ...bucket, dimension: 'tokens' }]), history)).toBe(5);
  expect(leftOf(pool('cooling', [{ ...bucket, remaining: 0 }]), history)).toBe(0);
  expect(leftOf(pool('ready', [bucket]), null)).toBe(5);
});
