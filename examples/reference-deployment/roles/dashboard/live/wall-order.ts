import { isFresh } from './camera-view.js';
import { levels, type CameraView } from './live-state.js';

/** A tile keeps its place for this long before it sinks. */
const SINK_AFTER_MS = 10_000;
const NOT_SEEN = 1.5;

interface Place {
  rank: number;
  /** When it took this rank. */
  since: number;
  /** Since when its true rank is lower; `null` while it is not. */
  lowerSince: number | null;
}

/**
 * The wall's order: level, worst first; then the cameras that are not seen; then the rest. Among equals the newest
 * change comes first, and at the start the lower number. A tile rises at once and sinks only after ten seconds, so the
 * wall stays quiet.
 */
export class WallOrder {
  readonly #places = new Map<string, Place>();

  update(cameras: readonly CameraView[], now: number): string[] {
    for (const camera of cameras) this.#place(camera, now);
    const place = ({ id }: CameraView) => this.#places.get(id) ?? { rank: 0, since: 0 };
    return [...cameras]
      .sort((a, b) => place(b).rank - place(a).rank || place(b).since - place(a).since || a.number - b.number)
      .map(({ id }) => id);
  }

  #place(camera: CameraView, now: number): void {
    const rank = rankOf(camera, now);
    const held = this.#places.get(camera.id);
    if (!held) {
      // All that is there at the first look counts as equally old, or the start would deal the tiles at random.
      this.#places.set(camera.id, { rank, since: 0, lowerSince: null });
    } else if (rank > held.rank) {
      this.#places.set(camera.id, { rank, since: now, lowerSince: null });
    } else if (rank === held.rank) {
      held.lowerSince = null;
    } else {
      held.lowerSince ??= now;
      if (now - held.lowerSince >= SINK_AFTER_MS)
        this.#places.set(camera.id, { rank, since: now, lowerSince: null });
    }
  }
}

function rankOf(camera: CameraView, now: number): number {
  if (camera.state !== 'live') return NOT_SEEN;
  if (camera.level === null || (camera.nobody && !isFresh(camera, now))) return 0;
  const level = levels.indexOf(camera.level);
  return level === 0 ? 0 : level + 1;
}
