import type { Peer } from './live-state.js';

export type PeerState = 'unknown' | 'ok' | 'away';

/** Which of the other processes answer, and since when one does not. */
export class Peers {
  readonly #known = new Map<Peer, { state: PeerState; since: number }>();

  set(peer: Peer, state: 'ok' | 'away', now: number): void {
    if (this.#known.get(peer)?.state !== state) this.#known.set(peer, { state, since: now });
  }

  state(peer: Peer): PeerState {
    return this.#known.get(peer)?.state ?? 'unknown';
  }

  ok(peer: Peer): boolean {
    return this.state(peer) === 'ok';
  }

  awaySince(peer: Peer): number | null {
    const known = this.#known.get(peer);
    return known?.state === 'away' ? known.since : null;
  }
}
