import { Heap } from '../admission/heap.js';
import type { KeyView, Picker, ReadyKeys, Strategy } from './strategy.js';

/**
 * Shares in proportion to `weight`, smoothly and without chance: a key of weight 3 gets three calls of four
 * beside one of weight 1 (stride scheduling, Waldspurger and Weihl, 1995). A key that was away does not
 * catch up on what it missed. O(log n).
 */
export const weighted: Strategy = {
  name: 'weighted',
  start: () => new Weighted(),
};

interface Runner {
  key: KeyView;
  /** Where this key's next turn is; the lowest goes first. */
  turn: number;
  index: number;
}

class Weighted implements Picker {
  readonly #runners: (Runner | undefined)[] = [];
  readonly #heap = new Heap<Runner>(
    (a, b) => a.turn < b.turn,
    (runner, index) => {
      runner.index = index;
    },
  );
  #now = 0;

  pick(): KeyView {
    const runner = this.#heap.top!;
    this.#now = runner.turn;
    runner.turn += 1 / runner.key.weight;
    this.#heap.moved(runner.index);
    return runner.key;
  }

  changed(key: KeyView, ready: ReadyKeys): void {
    let runner = this.#runners[key.slot];
    if (!ready.has(key)) {
      if (runner?.key === key && runner.index >= 0) this.#heap.removeAt(runner.index);
      return;
    }
    if (runner === undefined || runner.key !== key) {
      runner = { key, turn: this.#now + 1 / key.weight, index: -1 };
      this.#runners[key.slot] = runner;
    }
    if (runner.index >= 0) return;
    runner.turn = Math.max(runner.turn, this.#now);
    this.#heap.push(runner);
  }
}
