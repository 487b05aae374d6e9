import { formatUuid } from './task-id.js';

/** Where an id maker takes time and randomness from. */
export interface UuidV7Options {
  /** Milliseconds since 1970, as `Date.now`. */
  now: () => number;
  /** That many random bytes, as `randomBytes` of `node:crypto`. */
  randomBytes: (size: number) => Uint8Array;
}

const counterLimit = 0x1000;

/**
 * Makes a function that returns UUIDv7 ids (RFC 9562 §5.7), each greater than the one before: within a
 * millisecond, and while the clock stands still or goes back, the 12 bits after the time count up
 * (§6.2, method 1); when they are used up, the time field moves on by one.
 */
export const createUuidV7 = ({ now, randomBytes }: UuidV7Options): (() => string) => {
  let lastMs = -1;
  let counter = 0;
  return () => {
    const bytes = Uint8Array.from(randomBytes(16));
    const currentMs = Math.floor(now());
    if (currentMs > lastMs) {
      lastMs = currentMs;
      // Start in the lower half, so that there is always room to count.
      counter = ((bytes[6]! << 8) | bytes[7]!) & 0x07ff;
    } else if (++counter === counterLimit) {
      lastMs += 1;
      counter = 0;
    }
    for (let index = 5, rest = lastMs; index >= 0; index -= 1, rest = Math.floor(rest / 256)) {
      bytes[index] = rest % 256;
    }
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return formatUuid(bytes);
  };
};
