import type { KeyPool, KeyPoolEvents } from '@riskwatch/keypool';
import type { Health } from '../../../role-process/health.js';

/** Whatever can make the last usable key unusable, or a key usable again. */
const EVENTS = [
  'key-added',
  'key-updated',
  'key-draining',
  'key-disabled',
  'key-enabled',
  'key-quarantined',
  'key-restored',
  'group-exhausted',
  'group-ready',
] as const satisfies readonly (keyof KeyPoolEvents)[];

/** Keeps the health told whether any key can be used; one that only cools down can, soon. */
export function watchUsableKeys(pool: KeyPool, health: Pick<Health, 'set'>): void {
  const look = () => {
    const { keys } = pool.snapshot();
    if (keys.some(({ state }) => state === 'available' || state === 'cooling')) health.set('keys');
    else health.set('keys', keys.length === 0 ? 'there is none' : `none is usable: ${countStates(keys)}`);
  };
  for (const event of EVENTS) pool.on(event, look);
  look();
}

function countStates(keys: readonly { readonly state: string }[]): string {
  const counts = new Map<string, number>();
  for (const { state } of keys) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
