interface Lane<Item> {
  waiting: Item[];
  isRunning: boolean;
}

/**
 * Work by key: one at a time in a lane, in order; lanes that can go on stand in one line, so that each has its turn.
 * Pure.
 */
export class KeyLanes<Item> {
  readonly #lanes = new Map<string, Lane<Item>>();
  /** Names of lanes with waiting work and none running, each once. */
  readonly #ready = new Set<string>();
  #waiting = 0;
  #running = 0;

  /** Items that have not begun. */
  get waiting(): number {
    return this.#waiting;
  }

  get running(): number {
    return this.#running;
  }

  add(name: string, item: Item): void {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { waiting: [], isRunning: false };
      this.#lanes.set(name, lane);
    }
    lane.waiting.push(item);
    this.#waiting += 1;
    if (!lane.isRunning) this.#ready.add(name);
  }

  /** Takes the first item of the lane whose turn it is; `finish` must follow. */
  begin(): { name: string; item: Item } | undefined {
    const [name] = this.#ready;
    if (name === undefined) return undefined;
    this.#ready.delete(name);
    const lane = this.#lanes.get(name)!;
    const item = lane.waiting.shift()!;
    lane.isRunning = true;
    this.#waiting -= 1;
    this.#running += 1;
    return { name, item };
  }

  finish(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane?.isRunning !== true) return;
    lane.isRunning = false;
    this.#running -= 1;
    if (lane.waiting.length > 0) this.#ready.add(name);
    else this.#lanes.delete(name);
  }

  /** Takes out what has not begun and is no longer wanted. */
  discard(isUnwanted: (item: Item) => boolean): Item[] {
    const discarded: Item[] = [];
    for (const [name, lane] of this.#lanes) {
      const kept: Item[] = [];
      for (const item of lane.waiting) (isUnwanted(item) ? discarded : kept).push(item);
      lane.waiting = kept;
      if (kept.length > 0) continue;
      this.#ready.delete(name);
      if (!lane.isRunning) this.#lanes.delete(name);
    }
    this.#waiting -= discarded.length;
    return discarded;
  }
}
