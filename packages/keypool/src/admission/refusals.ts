import { KeyPoolError } from '../errors.js';
import type { Registry } from '../keys/registry.js';

/** Nothing in the pool can take a call, and nobody knows when that will change. */
export function noUsableKey({ keys, quotaGroups }: Registry, earliestStart: number): KeyPoolError {
  const of = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
  const all = [...keys.values()];
  const broke = [...quotaGroups.values()].filter((group) => group.isHopeless).length;
  const state = [
    ...of(all.filter((key) => !key.quarantine.isOpen).length, 'quarantined'),
    ...of(all.filter((key) => key.disabled || !key.enabled).length, 'disabled'),
    ...of(broke, 'quota groups out of money'),
  ];
  const message =
    all.length === 0
      ? 'The pool has no keys. Add one with pool.keys.add or in the keys file.'
      : `No key is usable: of ${all.length} keys ${state.join(', ')}. pool.snapshot() says why for each.`;
  return new KeyPoolError('no_usable_key', message, Number.isFinite(earliestStart) ? { earliestStart } : {});
}

/** The call's deadline has passed, or lies before any key can be free. */
export function unreachable(why: 'passed' | 'before', earliestStart: number, now: number): KeyPoolError {
  const known = Number.isFinite(earliestStart) && earliestStart > now;
  const wait = known ? ` Earliest possible start: in ${Math.ceil(earliestStart - now)} ms.` : '';
  const message =
    why === 'passed'
      ? `The deadline passed while the call waited for a key.${wait}`
      : `The call cannot start before its deadline.${wait}`;
  return new KeyPoolError('deadline_unreachable', message, known ? { earliestStart } : {});
}
