import type { Picture } from './picture.js';
import { phrase, type Hazard, type Language } from './phrases.js';

/** The simulated model's opinion of one picture; the same picture always gets the same one. */
export interface Verdict {
  /** 0 (nothing) to 4 (life in danger). */
  readonly rank: number;
  readonly hazards: readonly Hazard[];
  readonly confidence: number;
  readonly description: string;
  readonly imageQuality: 'ok' | 'poor';
}

/** Cumulative shares of the ranks: most scenes are harmless, few are not. */
const RANKS = [0.58, 0.82, 0.94, 0.985, 1] as const;
const BY_RANK: readonly (readonly Hazard[])[] = [
  [],
  ['crowd', 'vehicle_conflict', 'other'],
  ['intrusion', 'crowd', 'vehicle_conflict'],
  ['fight', 'fall', 'smoke'],
  ['fall', 'fight'],
];
const FLAME_SHARE = 0.12;
const DARK = 0.08;

/** Judges a picture by its colours, its light and a fingerprint of its content. */
export function judge(picture: Picture, context: { peopleCount?: number; language: Language }): Verdict {
  const dark = picture.brightness < DARK;
  const share = picture.fingerprint / 2 ** 32;
  const onFire = picture.flame >= FLAME_SHARE;
  const rank = onFire ? 4 : RANKS.findIndex((limit) => share < limit);
  const candidates = onFire ? (['fire'] as const) : (BY_RANK[rank] ?? []);
  const hazard = candidates[picture.fingerprint % Math.max(1, candidates.length)];
  const spread = (picture.fingerprint >>> 8) % 100;
  return {
    rank,
    hazards: hazard ? [hazard] : [],
    confidence: Math.round((dark ? 0.35 : 0.7) * 100 + spread * 0.25) / 100,
    description: phrase(hazard, context.peopleCount, context.language),
    imageQuality: dark ? 'poor' : 'ok',
  };
}
