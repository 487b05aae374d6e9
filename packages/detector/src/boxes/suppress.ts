import { intersectionOverUnion, type Person } from './box.js';

/**
 * Greedy non-maximum suppression: the best box stays, every box that overlaps it by more than `maxOverlap` goes, and
 * so on. Equal scores are ordered by position, so the result does not depend on the order of the input.
 * @param maxOverlap largest intersection over union that two people may have, 0 to 1.
 * @returns the people that stay, best first.
 */
export function suppressOverlaps(people: readonly Person[], maxOverlap: number): Person[] {
  const kept: Person[] = [];
  for (const candidate of [...people].sort(byConfidence)) {
    if (kept.every((person) => intersectionOverUnion(person.box, candidate.box) <= maxOverlap)) {
      kept.push(candidate);
    }
  }
  return kept;
}

/** Best first; then from left to right, top to bottom, narrow to wide, low to high. */
export const byConfidence = (a: Person, b: Person): number => b.confidence - a.confidence || byPosition(a, b);

export const byPosition = (a: Person, b: Person): number =>
  a.box.x - b.box.x || a.box.y - b.box.y || a.box.width - b.box.width || a.box.height - b.box.height;
