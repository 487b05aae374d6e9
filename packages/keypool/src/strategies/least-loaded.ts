import { SlotList } from './slot-list.js';
import type { KeyView, Picker, ReadyKeys, Strategy } from './strategy.js';

/** The ready key with the fewest calls in flight; among equals the one that came free first. O(1). */
export const leastLoaded: Strategy = {
  name: 'least-loaded',
  start: () => new LeastLoaded(),
};

class LeastLoaded implements Picker {
  /** Ready keys by the number of calls in flight. */
  readonly #byLoad: SlotList[] = [new SlotList()];
  /** The load under which each key is listed, by slot; -1 when it is not ready. */
  readonly #load: number[] = [];
  /** No ready key has a lower load than this. */
  #lowest = 0;

  pick(): KeyView {
    for (;;) {
      const key = this.#byLoad[this.#lowest]?.first;
      if (key !== undefined) return key;
      this.#lowest += 1;
    }
  }

  changed(key: KeyView, ready: ReadyKeys): void {
    const listed = this.#load[key.slot] ?? -1;
    const load = ready.has(key) ? key.inFlight : -1;
    if (listed === load) return;
    if (listed >= 0) this.#byLoad[listed]!.remove(key);
    if (load >= 0) {
      while (this.#byLoad.length <= load) this.#byLoad.push(new SlotList());
      this.#byLoad[load]!.append(key);
      this.#lowest = Math.min(this.#lowest, load);
    }
    while (this.#load.length <= key.slot) this.#load.push(-1);
    this.#load[key.slot] = load;
  }
}
