const LATEST_MS = 8.64e15;

/** A moment of the pool's clock for people and programs elsewhere; without end is the last moment there is. */
export const isoTime = (epochMs: number): string =>
  new Date(Math.min(LATEST_MS, Math.floor(epochMs))).toISOString();
