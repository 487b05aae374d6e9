import { boxAround, gapBetween, type Box, type Person } from '../boxes/box.js';
import { byConfidence, byPosition } from '../boxes/suppress.js';
import { DetectorError } from '../errors.js';

export interface ClusterOptions {
  /**
   * How far apart two people may be and still be together, as a share of the smaller one's size.
   * Default 0.7: of a person's height that is 1.2 m, where personal distance ends and social distance begins (E. T.
   * Hall, The Hidden Dimension, 1966). 0 joins only boxes that touch.
   */
  readonly reach?: number;
  /**
   * How many times as large one of two people may be. Default 2.5; it keeps somebody close to the camera apart from
   * somebody far behind whose boxes merely meet in the picture.
   */
  readonly maxSizeRatio?: number;
}

/** People who belong together. */
export interface Cluster {
  /** The smallest box around all of them. */
  readonly box: Box;
  /** Best score first. */
  readonly people: readonly Person[];
}

/**
 * Bounding-box (BX) clustering: who is together in one frame.
 *
 * A person's *size* is the longer side of the box (so somebody who lies counts as much as somebody who stands). Two
 * people are *linked* when the gap between their boxes is at most `reach` times the smaller size, and the larger size
 * is at most `maxSizeRatio` times the smaller. A group is everyone who is connected by links, directly or through
 * others (single linkage).
 *
 * Only ratios of lengths count, so the result is the same at every resolution; and it does not depend on the order of
 * `people`. Groups come from left to right, then top to bottom. O(n²) in the number of people.
 * @throws {DetectorError} `invalid_options`.
 */
export function clusterPeople(people: readonly Person[], options: ClusterOptions = {}): Cluster[] {
  const { reach = 0.7, maxSizeRatio = 2.5 } = options;
  if (!(reach >= 0)) throw new DetectorError('invalid_options', `reach must be at least 0, got ${reach}`);
  if (!(maxSizeRatio >= 1)) {
    throw new DetectorError('invalid_options', `maxSizeRatio must be at least 1, got ${maxSizeRatio}`);
  }
  const ordered = [...people].sort(byPosition);
  const sizes = ordered.map(({ box }) => Math.max(box.width, box.height));
  const linked = (a: number, b: number): boolean => {
    const smaller = Math.min(sizes[a]!, sizes[b]!);
    if (Math.max(sizes[a]!, sizes[b]!) > maxSizeRatio * smaller) return false;
    return gapBetween(ordered[a]!.box, ordered[b]!.box) <= reach * smaller;
  };

  const left = new Set(ordered.keys());
  const clusters: Cluster[] = [];
  for (const first of left) {
    left.delete(first);
    const members = [first];
    for (const member of members) {
      for (const other of left) {
        if (!linked(member, other)) continue;
        left.delete(other);
        members.push(other);
      }
    }
    const group = members.map((index) => ordered[index]!).sort(byConfidence);
    clusters.push({ box: boxAround(group.map(({ box }) => box)), people: group });
  }
  return clusters;
}
