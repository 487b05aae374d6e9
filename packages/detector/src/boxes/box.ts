/** A rectangle in pixels; `x` and `y` are its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One person that the model found. */
export interface Person {
  readonly box: Box;
  /** The model's score, 0 to 1. */
  readonly confidence: number;
}

/** Shared area divided by covered area, 0 to 1. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Distance between the nearest points of two boxes; 0 where they touch or overlap. */
export function gapBetween(a: Box, b: Box): number {
  const horizontal = Math.max(0, Math.max(a.x, b.x) - Math.min(a.x + a.width, b.x + b.width));
  const vertical = Math.max(0, Math.max(a.y, b.y) - Math.min(a.y + a.height, b.y + b.height));
  return Math.hypot(horizontal, vertical);
}

/** The smallest box around all of `boxes`, of which there is at least one. */
export function boxAround(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The part of `box` inside a frame, or `undefined` where less than a pixel of it is. */
export function clipBox(box: Box, frameWidth: number, frameHeight: number): Box | undefined {
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  const width = Math.min(frameWidth, box.x + box.width) - x;
  const height = Math.min(frameHeight, box.y + box.height) - y;
  return width >= 1 && height >= 1 ? { x, y, width, height } : undefined;
}
