/** Who wants to know when a signal fires; one listener of ours on each, however many calls share it. */
const watchers = new WeakMap<AbortSignal, Watch>();

interface Watch {
  readonly actions: Set<() => void>;
  readonly listener: () => void;
}

/**
 * Calls `action` once when the signal fires, until it is taken off with `offAbort`. Programs hand one signal
 * to very many calls; a listener for each would be slow, and Node warns of the eleventh.
 */
export function onAbort(signal: AbortSignal, action: () => void): void {
  let watch = watchers.get(signal);
  if (watch === undefined) {
    const actions = new Set<() => void>();
    const listener = () => {
      watchers.delete(signal);
      for (const each of actions) each();
    };
    watch = { actions, listener };
    watchers.set(signal, watch);
    signal.addEventListener('abort', listener, { once: true });
  }
  watch.actions.add(action);
}

/** Forgets an action; with the last one the signal is left as it was found. */
export function offAbort(signal: AbortSignal, action: () => void): void {
  const watch = watchers.get(signal);
  if (watch === undefined || !watch.actions.delete(action) || watch.actions.size > 0) return;
  watchers.delete(signal);
  signal.removeEventListener('abort', watch.listener);
}
