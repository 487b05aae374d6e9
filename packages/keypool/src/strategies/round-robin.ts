import { SlotList } from './slot-list.js';
import type { KeyView, Picker, ReadyKeys, Strategy } from './strategy.js';

/** The ready key that was given out longest ago. Even use, whatever the load. O(1). */
export const roundRobin: Strategy = {
  name: 'round-robin',
  start: () => new RoundRobin(),
};

class RoundRobin implements Picker {
  readonly #turn = new SlotList();

  pick(): KeyView {
    const key = this.#turn.first!;
    this.#turn.remove(key);
    this.#turn.append(key);
    return key;
  }

  changed(key: KeyView, ready: ReadyKeys): void {
    if (!ready.has(key)) this.#turn.remove(key);
    else if (!this.#turn.has(key)) this.#turn.append(key);
  }
}
