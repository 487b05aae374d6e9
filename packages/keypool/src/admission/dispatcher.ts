import type { ResolvedCall } from '../call-options.js';
import type { KeyState } from '../keys/key-state.js';
import { Lane } from '../keys/lane.js';
import type { QuotaGroupState } from '../keys/quota-group-state.js';
import { Registry, type RegistryDefaults, type RegistryListener } from '../keys/registry.js';
import type { Usage } from '../limits/limit.js';
import type { Envelope } from '../limits/limit-set.js';
import { Arrivals } from '../limits/arrivals.js';
import { attribute, type Change } from '../outcome/attribution.js';
import type { Outcome } from '../outcome/outcome.js';
import type { Random } from '../random.js';
import type { CallView, Strategy } from '../strategies/strategy.js';
import type { Grant } from './grant.js';
import { noUsableKey, unreachable } from './refusals.js';
import { WaitingLine, type Waiter } from './waiting-line.js';

/** A repeated call rather waits so long for another key than take the one it has just failed with. */
const soonMs = 1_000;

/** At so many keys that turn out to have too little a costly call looks before others have their turn. */
const looksPerPick = 64;

/** A pace that is being learned moves; what was reckoned from it is reckoned anew after this. */
const envelopeLifeMs = 1_000;

/** A waiting call, and how to tell it. */
export interface WaitingCall extends Waiter {
  grant(grant: Grant): void;
  refuse(error: Error): void;
}

/** One lane and who waits for it. */
interface Counter {
  readonly lane: Lane;
  readonly line: WaitingLine<WaitingCall>;
  /** What all quota groups together let start; undefined when something about them has changed. */
  envelope: Envelope | undefined;
  envelopeAt: number;
  /** Groups that could take a lesser call, out of the way until the costly one at the head has gone. */
  aside: Set<QuotaGroupState>;
  asideFor: ResolvedCall | undefined;
  /** There are keys at which the costly call at the head has not looked. */
  looksLeft: boolean;
}

/**
 * Brings waiting calls and free keys together. Pure: it is told the time and says when it wants to be woken.
 * A key is chosen when it is free, for the call that is first in line then.
 */
export class Dispatcher implements RegistryListener {
  readonly registry: Registry;
  inFlight = 0;
  waiting = 0;
  readonly #random: Random;
  readonly #arrivals = new Arrivals();
  readonly #counters = new Map<string, Counter>();
  #strategy: Strategy;
  #all: Counter[] = [];

  constructor(strategy: Strategy, defaults: RegistryDefaults, random: Random) {
    this.#strategy = strategy;
    this.#random = random;
    this.registry = new Registry(defaults, random, this);
    this.#open('');
  }

  /** Models that have limits of their own get a lane of their own. */
  recognise(models: Iterable<string>, now: number): void {
    for (const model of models) {
      if (this.#counters.has(model)) continue;
      const { lane } = this.#open(model);
      for (const group of this.registry.quotaGroups.values()) lane.refresh(group, now);
    }
  }

  get strategy(): Strategy {
    return this.#strategy;
  }

  /** Another strategy from now on. */
  useStrategy(strategy: Strategy, now: number): void {
    this.#strategy = strategy;
    const before = this.#all;
    this.#all = [];
    this.#counters.clear();
    for (const { lane: old, line } of before) {
      const { lane } = this.#open(old.model, line);
      for (const group of this.registry.quotaGroups.values()) lane.refresh(group, now);
    }
  }

  /** A key for the call at once, if one is free and nobody waits before it. */
  tryTake(call: ResolvedCall, avoid: KeyState | undefined, now: number): Grant | undefined {
    const counter = this.#counterOf(call);
    this.#promote(now);
    if (counter.line.size > 0 || passesUp(counter.lane, avoid, now)) return undefined;
    return this.#take(counter, call, avoid, now);
  }

  /**
   * The earliest moment at which a call that would have to wait can start, as things stand: the first key to
   * be free, and those who wait before it. A lower bound; -Infinity when nothing is known.
   */
  earliestStart(waiter: WaitingCall, now: number): number {
    const counter = this.#counterOf(waiter.call);
    const { lane, line } = counter;
    const mayBeNow = lane.mayFreeAnytime || lane.size > 0 || counter.asideFor !== undefined;
    if (mayBeNow || !lane.canServe) return -Infinity;
    const ahead = line.aheadOf(waiter);
    if (counter.envelope === undefined || now - counter.envelopeAt > envelopeLifeMs) {
      counter.envelope = this.#envelopeOf(lane.model);
      counter.envelopeAt = now;
    }
    const { burst, perMs } = counter.envelope;
    const queueMs = burst === Infinity ? 0 : Math.max(0, ahead + 1 - burst) / perMs;
    return Math.min(lane.nextFreeAt, this.registry.nextProbeAt) + queueMs;
  }

  /** Puts a call in line; `pump` serves or refuses it. */
  enqueue(waiter: WaitingCall): void {
    this.#counterOf(waiter.call).line.add(waiter);
    this.waiting += 1;
  }

  /** Takes a call out of the line, if it is still in it. */
  withdraw(waiter: WaitingCall): void {
    if (waiter.place < 0) return;
    this.#counterOf(waiter.call).line.remove(waiter);
    this.waiting -= 1;
  }

  /** Serves whoever can be served now and refuses whoever cannot be served in time. */
  pump(now: number): void {
    this.#promote(now);
    for (const counter of this.#all)
      if (counter.asideFor !== undefined && counter.line.first?.call !== counter.asideFor)
        this.#bringBack(counter, now);
    let passed: [Counter, WaitingCall][] | undefined;
    // Lanes share quota groups: whoever is first over all of them goes first.
    for (;;) {
      const counter = this.#nextCounter();
      if (counter === undefined) break;
      const waiter = counter.line.first!;
      if (passesUp(counter.lane, waiter.avoid, now)) {
        counter.line.remove(waiter);
        (passed ??= []).push([counter, waiter]);
        continue;
      }
      const grant = this.#take(counter, waiter.call, waiter.avoid, now);
      if (grant === undefined) break;
      counter.line.serve(waiter);
      this.waiting -= 1;
      waiter.grant(grant);
    }
    if (passed !== undefined) for (const [{ line }, waiter] of passed) line.add(waiter);
    for (const counter of this.#all) if (counter.line.size > 0) this.#refuseHopeless(counter, now);
  }

  /** When `pump` has something to do next, if nothing else happens; Infinity for never. */
  get wakeAt(): number {
    if (this.waiting === 0) return Infinity;
    let at = this.registry.nextProbeAt;
    for (const { lane, line, looksLeft } of this.#all) {
      if (line.size === 0) continue;
      if (looksLeft) return -Infinity;
      at = Math.min(at, lane.nextFreeAt, line.firstToExpire?.call.deadline ?? Infinity);
    }
    return at;
  }

  /** Calls were sent of which it is not known yet how late they left. */
  get sendsPending(): boolean {
    return this.#arrivals.pending;
  }

  /** The process has turned to other things: what was sent has left. */
  callsLeft(now: number): void {
    for (const group of this.#arrivals.left(now)) this.groupChanged(group, now);
  }

  /** How long the longest waiting call has waited, in milliseconds; 0 when none waits. */
  oldestWaitMs(now: number): number {
    let oldest = now;
    for (const { line } of this.#all) for (const { arrivedAt } of line) oldest = Math.min(oldest, arrivedAt);
    return now - oldest;
  }

  /** Everyone who waits, for closing. */
  drainLine(): WaitingCall[] {
    const left = this.#all.flatMap(({ line }) => [...line]);
    for (const waiter of left) this.withdraw(waiter);
    return left;
  }

  /** The call has ended with this outcome. Returns what that changed. */
  settle(grant: Grant, outcome: Outcome, usage: Usage | undefined, now: number): readonly Change[] {
    const { key, group, reservation } = grant;
    const learned = group.limits.settle(grant.model, reservation, wasTaken(outcome), usage, now);
    const changes = attribute(grant, outcome, now);
    this.inFlight -= 1;
    key.inFlight -= 1;
    this.registry.callEnded(key);
    for (const { lane } of this.#all) lane.touched(key);
    if (grant.probesKey || !key.quarantine.isOpen) this.registry.settle(key, now);
    const endpointMoved = grant.probesEndpoint || changes.some(({ kind }) => kind === 'endpoint-failing');
    if (endpointMoved) for (const other of group.endpoint.quotaGroups) this.groupChanged(other, now);
    const mayDiffer = grant.probesGroup || !group.recovery.isOpen || reservation.marks !== undefined;
    if (mayDiffer || group.limits.boundsConcurrency) this.groupChanged(group, now);
    // What one account has shown holds for all that have its limits.
    if (learned) this.#allChanged(now);
    return changes;
  }

  groupsDiffer(): void {
    for (const counter of this.#all) counter.envelope = undefined;
  }

  keyEntered(key: KeyState): void {
    for (const { lane } of this.#all) lane.keyEntered(key);
  }

  keyLeft(key: KeyState): void {
    for (const { lane } of this.#all) lane.keyLeft(key);
  }

  groupChanged(group: QuotaGroupState, now: number): void {
    for (const { lane } of this.#all) lane.refresh(group, now);
  }

  groupRemoved(group: QuotaGroupState): void {
    for (const { lane } of this.#all) lane.forget(group);
  }

  #allChanged(now: number): void {
    for (const group of this.registry.quotaGroups.values()) this.groupChanged(group, now);
  }

  #envelopeOf(model: string): Envelope {
    let [burst, perMs] = [0, 0];
    for (const group of this.registry.quotaGroups.values()) {
      const envelope = group.limits.envelope(group.model ?? model);
      burst += envelope.burst;
      perMs += envelope.perMs;
    }
    return { burst, perMs };
  }

  #take(counter: Counter, call: ResolvedCall, avoid: KeyState | undefined, now: number): Grant | undefined {
    const { lane } = counter;
    if (counter.asideFor !== undefined && counter.asideFor !== call) this.#bringBack(counter, now);
    // "Never the same key twice in a row if another is free": it steps aside for this one pick.
    const avoided = avoid !== undefined && lane.size > 1 && lane.has(avoid) ? avoid : undefined;
    if (avoided !== undefined) lane.keyLeft(avoided);
    const key = this.#search(counter, call, now);
    if (avoided !== undefined) lane.keyEntered(avoided);
    if (counter.asideFor !== undefined && (key !== undefined || !this.#heads(counter, call)))
      this.#bringBack(counter, now);
    if (key === undefined) return undefined;
    return this.#give(key, lane.model, call, now);
  }

  /** The strategy's choice among the keys that can take this call; it looks at a bounded number of others. */
  #search(counter: Counter, call: ResolvedCall, now: number): KeyState | undefined {
    const { lane } = counter;
    counter.looksLeft = false;
    for (let looks = 0; lane.size > 0; looks += 1) {
      const picked = this.#pick(lane, call);
      if (call.plain || picked.group.freeAt(lane.model, call.cost, now) <= now) return picked;
      // Enough for a lesser call, not for this one.
      lane.refresh(picked.group, now, call.cost);
      counter.aside.add(picked.group);
      counter.asideFor = call;
      if (looks < looksPerPick) continue;
      counter.looksLeft = lane.size > 0;
      return undefined;
    }
    return undefined;
  }

  #heads(counter: Counter, call: ResolvedCall): boolean {
    return counter.line.first?.call === call;
  }

  /** The costly call has gone: its groups are there for lesser ones again. */
  #bringBack(counter: Counter, now: number): void {
    const { aside } = counter;
    counter.aside = new Set();
    counter.asideFor = undefined;
    counter.looksLeft = false;
    for (const group of aside) if (group.keyCount > 0) counter.lane.refresh(group, now);
  }

  #pick(lane: Lane, call: CallView): KeyState {
    const picked = lane.picker.pick(lane, call);
    if (!lane.has(picked)) {
      throw new TypeError(
        `Strategy "${this.#strategy.name}" picked something that is not among the ready keys.`,
      );
    }
    return picked as KeyState;
  }

  #give(key: KeyState, laneModel: string, call: ResolvedCall, now: number): Grant {
    const { group } = key;
    this.inFlight += 1;
    key.inFlight += 1;
    key.calls += 1;
    key.lastUsedAt = now;
    const model = group.model ?? laneModel;
    const marginMs = this.#arrivals.marginMs(now, this.inFlight);
    const reservation = group.limits.take(model, call.cost, now, marginMs);
    this.#arrivals.sent(group, reservation, marginMs, now);
    const probesKey = key.quarantine.enter();
    const probesGroup = group.recovery.enter();
    const probesEndpoint = group.endpoint.breaker.enter();
    if (probesKey) this.registry.settle(key, now);
    else this.registry.rotate(key, now);
    if (probesEndpoint) for (const other of group.endpoint.quotaGroups) this.groupChanged(other, now);
    else this.groupChanged(group, now);
    if (reservation.isTrial) this.#allChanged(now);
    for (const { lane } of this.#all) lane.touched(key);
    return { key, group, model, reservation, sentAt: now, probesKey, probesGroup, probesEndpoint };
  }

  #promote(now: number): void {
    if (this.registry.nextProbeAt <= now) this.registry.promote(now);
    for (const { lane } of this.#all) lane.promote(now);
  }

  /** The lane with ready keys whose first waiter comes before those of the others. */
  #nextCounter(): Counter | undefined {
    let best: Counter | undefined;
    for (const counter of this.#all) {
      const first = counter.line.first;
      if (first === undefined || counter.lane.size === 0) continue;
      const leader = best?.line.first;
      if (leader === undefined || comesBefore(first, leader)) best = counter;
    }
    return best;
  }

  #refuseHopeless({ lane, line, looksLeft }: Counter, now: number): void {
    if (!lane.canServe) {
      const earliest = Math.min(lane.nextFreeAt, this.registry.nextProbeAt);
      for (const waiter of [...line]) this.#refuse(waiter, noUsableKey(this.registry, earliest));
      return;
    }
    const mayBeSoon = lane.mayFreeAnytime || lane.size > 0 || looksLeft;
    const earliest = mayBeSoon ? now : Math.min(lane.nextFreeAt, this.registry.nextProbeAt);
    for (let waiter = line.firstToExpire; waiter !== undefined; waiter = line.firstToExpire) {
      const { deadline } = waiter.call;
      if (deadline > now && deadline >= earliest) break;
      this.#refuse(waiter, unreachable(deadline <= now ? 'passed' : 'before', earliest, now));
    }
  }

  #refuse(waiter: WaitingCall, error: Error): void {
    this.withdraw(waiter);
    waiter.refuse(error);
  }

  #counterOf(call: ResolvedCall): Counter {
    return (call.model !== undefined && this.#counters.get(call.model)) || this.#all[0]!;
  }

  #open(model: string, line = new WaitingLine<WaitingCall>()): Counter {
    const counter: Counter = {
      lane: new Lane(model, this.#strategy.start(this.#random)),
      line,
      envelope: undefined,
      envelopeAt: 0,
      aside: new Set(),
      asideFor: undefined,
      looksLeft: false,
    };
    this.#counters.set(model, counter);
    this.#all.push(counter);
    return counter;
  }
}

/**
 * Whether a repeated call leaves the only ready key to others, because it has just failed with it and another
 * will be free soon.
 */
function passesUp(lane: Lane, avoid: KeyState | undefined, now: number): boolean {
  return avoid !== undefined && lane.size === 1 && lane.has(avoid) && lane.nextFreeAt <= now + soonMs;
}

/** Whether the provider took the call, as far as the outcome tells. */
function wasTaken({ kind }: Outcome): boolean | undefined {
  if (kind === 'rate-limited') return false;
  return kind === 'ok' || kind === 'rejected' ? true : undefined;
}

function comesBefore(a: Waiter, b: Waiter): boolean {
  return a.call.priority === b.call.priority ? a.sequence < b.sequence : a.call.priority > b.call.priority;
}
