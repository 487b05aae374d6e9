/**
 * The offsets above a committed one that are done already, as text for the commit's metadata: `b1:` and the base64 of
 * a bitmap whose bit `i` (lowest first) stands for `base + 1 + i`. `base` itself is by definition not done. The idea
 * is the Confluent parallel consumer's (out-of-order commits in the offset metadata); the encoding is our own.
 */
const prefix = 'b1:';

/** The broker's `offset.metadata.max.bytes` is 4096 by default. */
const maxTextBytes = 4_000;

/** How far above the base an offset may lie and still be noted. */
export const bitmapReach = Math.floor(((maxTextBytes - prefix.length) * 3) / 4) * 8;

/** Offsets farther than `bitmapReach` above the base are left out: they will be worked on again after a crash. */
export const encodeDone = (base: number, done: Iterable<number>): string => {
  const bits: number[] = [];
  let last = -1;
  for (const offset of done) {
    const bit = offset - base - 1;
    if (bit < 0 || bit >= bitmapReach) continue;
    bits.push(bit);
    if (bit > last) last = bit;
  }
  if (last < 0) return '';
  const bytes = Buffer.alloc((last >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3]! |= 1 << (bit & 7);
  return prefix + bytes.toString('base64');
};

/** Text of any other form means that nothing is known to be done. */
export const decodeDone = (base: number, text: string | undefined): Set<number> => {
  const done = new Set<number>();
  if (text === undefined || !text.startsWith(prefix)) return done;
  const bytes = Buffer.from(text.slice(prefix.length), 'base64');
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit += 1) {
      if ((byte >> bit) & 1) done.add(base + 1 + index * 8 + bit);
    }
  });
  return done;
};
