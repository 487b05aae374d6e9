import type { KeyPoolEvents } from '../events.js';
import type { KeySet } from './key-set.js';
import type { KeyState } from './key-state.js';
import type { Registry } from './registry.js';

interface Context {
  readonly registry: Registry;
  now(): number;
  changed(event: Extract<keyof KeyPoolEvents, `key-${string}`>, key: KeyState): void;
}

/** `pool.keys`: the registry's operations, each with its event. */
export function createKeySet({ registry, now, changed }: Context): KeySet {
  return {
    get size() {
      return registry.keys.size;
    },
    has: (id) => registry.keys.has(id),
    [Symbol.iterator]: () => registry.keys.keys(),
    add: (config) => changed('key-added', registry.add(config, 'admin', now())),
    update: (id, change) => {
      const { secret, weight, enabled, quotaGroup } = registry.get(id);
      const known = { id, secret, weight, enabled, quotaGroup };
      changed('key-updated', registry.update(id, { ...known, ...change }, now()));
    },
    remove: (id) => {
      const key = registry.remove(id, now());
      changed('key-draining', key);
      if (key.inFlight === 0) changed('key-removed', key);
    },
    disable: (id) => {
      const key = registry.get(id);
      if (key.disabled) return;
      key.disabled = true;
      key.since = now();
      registry.settle(key, now());
      changed('key-disabled', key);
    },
    enable: (id) => {
      const key = registry.get(id);
      const wasDisabled = key.disabled;
      const wasQuarantined = !key.quarantine.isOpen;
      if (!wasDisabled && !wasQuarantined) return;
      key.disabled = false;
      key.quarantine.open();
      key.reason = undefined;
      key.since = now();
      registry.settle(key, now());
      changed('key-enabled', key);
    },
  };
}
