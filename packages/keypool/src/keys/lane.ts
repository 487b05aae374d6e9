import { Heap } from '../admission/heap.js';
import type { Cost } from '../limits/limit.js';
import type { Picker, ReadyKeys } from '../strategies/strategy.js';
import type { KeyState } from './key-state.js';
import type { QuotaGroupState } from './quota-group-state.js';

const oneCall: Cost = { requests: 1, inputTokens: 0, outputTokens: 0, images: 0 };

/**
 * Where a quota group stands in a lane: its keys are `ready`, it waits for a time (`timed`), only an event can
 * free it (`blocked`), or it has no usable key (`empty`).
 */
type Standing = 'ready' | 'timed' | 'blocked' | 'empty';

interface Place {
  readonly group: QuotaGroupState;
  standing: Standing;
  freeAt: number;
  /** Waiting is in vain: out of money, and nobody knows until when. */
  hopeless: boolean;
  /** Its index among those that wait for a time; -1 when it does not. */
  index: number;
}

/**
 * The keys that may take a call that meets a given set of limits (those of one model, or those of every
 * call), kept up to date as calls come and go: no pick looks at keys that cannot be used.
 */
export class Lane implements ReadyKeys {
  readonly model: string;
  readonly picker: Picker;
  readonly #keys: KeyState[] = [];
  /** Where each key is in the list above, by slot. */
  readonly #positions: number[] = [];
  readonly #places: (Place | undefined)[] = [];
  readonly #timed = new Heap<Place>(
    (a, b) => a.freeAt < b.freeAt,
    (place, index) => {
      place.index = index;
    },
  );
  readonly #count = { ready: 0, timed: 0, blocked: 0, empty: 0 };
  #hopeless = 0;

  constructor(model: string, picker: Picker) {
    this.model = model;
    this.picker = picker;
  }

  get size(): number {
    return this.#keys.length;
  }

  at(index: number): KeyState {
    const key = this.#keys[index];
    if (key === undefined) throw new RangeError(`No ready key at ${index}; there are ${this.#keys.length}.`);
    return key;
  }

  has(key: { readonly slot: number }): boolean {
    const position = this.#positions[key.slot];
    return position !== undefined && position >= 0 && this.#keys[position] === key;
  }

  /** Whether any group can be expected to take a call, now or later. */
  get canServe(): boolean {
    return this.#count.ready + this.#count.blocked + this.#count.timed > this.#hopeless;
  }

  /** A group may be freed by an event at any moment. */
  get mayFreeAnytime(): boolean {
    return this.#count.blocked > 0;
  }

  /** When the first of the groups that wait for a time will be free; Infinity when none does. */
  get nextFreeAt(): number {
    return this.#timed.top?.freeAt ?? Infinity;
  }

  /** Brings in the groups whose time has come. */
  promote(now: number): void {
    for (let top = this.#timed.top; top !== undefined && top.freeAt <= now; top = this.#timed.top) {
      this.refresh(top.group, now);
    }
  }

  /**
   * Something about the group has changed. With a `cost` it is judged by whether it can take that much.
   * Returns when it will be free.
   */
  refresh(group: QuotaGroupState, now: number, cost = oneCall): number {
    const place = this.#placeOf(group);
    const freeAt = group.freeAt(this.model, cost, now);
    const hopeless = group.isHopeless;
    if (hopeless !== place.hopeless) {
      place.hopeless = hopeless;
      this.#hopeless += hopeless ? 1 : -1;
    }
    if (group.shown.length === 0) this.#move(place, 'empty', Infinity);
    else if (freeAt <= now) this.#move(place, 'ready', -Infinity);
    else this.#move(place, freeAt === Infinity ? 'blocked' : 'timed', freeAt);
    return freeAt;
  }

  /** The load or weight of a key has changed. */
  touched(key: KeyState): void {
    if (this.has(key)) this.picker.changed?.(key, this);
  }

  /** The key is shown by its group now. */
  keyEntered(key: KeyState): void {
    if (this.#placeOf(key.group).standing === 'ready') this.#add(key);
  }

  /** The key is shown no more. */
  keyLeft(key: KeyState): void {
    if (this.has(key)) this.#remove(key);
  }

  /** The group is gone; its keys have left before. */
  forget(group: QuotaGroupState): void {
    const place = this.#places[group.slot];
    if (place === undefined) return;
    this.#move(place, 'empty', Infinity);
    this.#count.empty -= 1;
    if (place.hopeless) this.#hopeless -= 1;
    this.#places[group.slot] = undefined;
  }

  #placeOf(group: QuotaGroupState): Place {
    const known = this.#places[group.slot];
    if (known !== undefined) return known;
    const place: Place = { group, standing: 'empty', freeAt: Infinity, hopeless: false, index: -1 };
    this.#places[group.slot] = place;
    this.#count.empty += 1;
    return place;
  }

  #move(place: Place, standing: Standing, freeAt: number): void {
    const before = place.standing;
    place.freeAt = freeAt;
    if (before === standing) {
      if (standing === 'timed') this.#timed.moved(place.index);
      return;
    }
    place.standing = standing;
    this.#count[before] -= 1;
    this.#count[standing] += 1;
    if (before === 'timed') this.#timed.removeAt(place.index);
    if (standing === 'timed') this.#timed.push(place);
    if (before === 'ready') for (const key of place.group.shown) this.keyLeft(key);
    if (standing === 'ready') for (const key of place.group.shown) this.#add(key);
  }

  #add(key: KeyState): void {
    if (this.has(key)) return;
    while (this.#positions.length <= key.slot) this.#positions.push(-1);
    this.#positions[key.slot] = this.#keys.length;
    this.#keys.push(key);
    this.picker.changed?.(key, this);
  }

  #remove(key: KeyState): void {
    const position = this.#positions[key.slot]!;
    const last = this.#keys.pop()!;
    if (last !== key) {
      this.#keys[position] = last;
      this.#positions[last.slot] = position;
    }
    this.#positions[key.slot] = -1;
    this.picker.changed?.(key, this);
  }
}
