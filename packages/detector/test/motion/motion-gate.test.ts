import { expect, test } from 'vitest';
import { MotionGate } from '../../src/motion/motion-gate.js';
import { frame, grey, image } from '../support/frames.js';

const withPerson = (x: number, y = 40, shade = 200) =>
  image(192, 144, (px, py) => {
    const level = px >= x && px < x + 8 && py >= y && py < y + 24 ? shade : 90;
    return [level, level, level];
  });

const passes = (gate: MotionGate, pictures: ReturnType<typeof withPerson>[]) =>
  pictures.map((picture, sequence) => gate.passes(frame(sequence, picture)));

test('the first frame passes, a still one does not, movement does', () => {
  expect(passes(new MotionGate(), [withPerson(20), withPerson(20), withPerson(40), withPerson(40)])).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('noise below the threshold does not pass', () => {
  expect(passes(new MotionGate(), [grey(192, 144, 90), grey(192, 144, 100), grey(192, 144, 106)])).toEqual([
    true,
    false,
    true,
  ]);
});

test('slow movement adds up until it passes', () => {
  const slow = [90, 96, 102, 108].map((level) => grey(192, 144, level));
  expect(passes(new MotionGate(), slow)).toEqual([true, false, false, true]);
});

test('a still scene passes once in a while', () => {
  const still = Array.from({ length: 7 }, () => grey(192, 144));
  expect(passes(new MotionGate({ maxStillMs: 3_000 }), still)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
    true,
  ]);
});

test('another size is another scene', () => {
  expect(passes(new MotionGate(), [grey(192, 144), grey(96, 72), grey(96, 72)])).toEqual([true, true, false]);
});

test('frames smaller than the grid work', () => {
  expect(passes(new MotionGate(), [grey(10, 10, 0), grey(10, 10, 255)])).toEqual([true, true]);
});
