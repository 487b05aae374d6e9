import { describe, expect, test } from 'vitest';
import { decodePeople } from '../../src/model/decode.js';
import type { ModelSpec, OutputLayout } from '../../src/model/model-spec.js';
import { modelSpec } from '../support/model-spec.js';

const spec = (layout: OutputLayout): ModelSpec => modelSpec({ output: { name: 'out', layout } });

/** Rows of [x, y, width, height, scores...] as the transposed tensor of YOLOv8. */
function yolov8(rows: number[][]) {
  const columns = rows[0]!.length;
  const data = Float32Array.from(
    { length: columns * rows.length },
    (_, at) => rows[at % rows.length]![Math.floor(at / rows.length)]!,
  );
  return { dims: [1, columns, rows.length], data };
}
const byRow = (rows: number[][]) => ({
  dims: [1, rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flat()),
});

const found = { box: { x: 15, y: 10, width: 10, height: 40 }, confidence: 0.75 };

describe('decodePeople', () => {
  test('yolov8: centre boxes with one score a class', () => {
    const output = yolov8([
      [20, 30, 10, 40, 0.75, 0.1],
      [20, 30, 10, 40, 0.25, 0.1],
      [50, 30, 10, 40, 0.5, 0.6],
    ]);
    expect(decodePeople(output, spec('yolov8'))).toEqual([found]);
  });

  test('a box that overflowed takes nobody else along', () => {
    const output = yolov8([
      [20, 30, Infinity, 40, 0.9, 0.1],
      [NaN, 30, 10, 40, 0.8, 0.1],
      [20, 30, 10, 40, 0.75, 0.1],
    ]);
    expect(decodePeople(output, spec('yolov8'))).toEqual([found]);
  });

  test('yolov5: the class score counts times objectness', () => {
    const output = byRow([
      [20, 30, 10, 40, 0.75, 1, 0.1],
      [50, 30, 10, 40, 0.5, 0.5, 0.1],
      [50, 30, 10, 40, 0.75, 0.6, 0.9],
    ]);
    expect(decodePeople(output, spec('yolov5'))).toEqual([found]);
  });

  test('yolox: boxes are relative to their grid cell', () => {
    // A 32 x 32 input has 4 x 4 + 2 x 2 + 1 cells; row 17 is column 1, row 0 of stride 16.
    const rows = Array.from({ length: 21 }, () => [0, 0, 0, 0, 0, 0, 0]);
    rows[17] = [0.25, 0.5, Math.log(10 / 16), Math.log(40 / 16), 0.75, 1, 0];
    const [person] = decodePeople(byRow(rows), {
      ...spec('yolox'),
      input: { ...spec('yolox').input, width: 32, height: 32 },
    });
    expect(person?.confidence).toBe(0.75);
    expect(person?.box.x).toBeCloseTo(15);
    expect(person?.box.y).toBeCloseTo(-12);
    expect(person?.box.width).toBeCloseTo(10);
    expect(person?.box.height).toBeCloseTo(40);
  });

  test('end-to-end: corners, score, class', () => {
    const output = byRow([
      [15, 10, 25, 50, 0.75, 0],
      [15, 10, 25, 50, 0.75, 1],
      [15, 10, 25, 50, 0.25, 0],
    ]);
    expect(decodePeople(output, spec('end-to-end'))).toEqual([found]);
  });

  test('several boxes of one person become the best one', () => {
    const output = yolov8([
      [20, 30, 10, 40, 0.5, 0],
      [21, 30, 10, 40, 0.75, 0],
      [80, 30, 10, 40, 0.5, 0],
    ]);
    expect(decodePeople(output, spec('yolov8')).map((person) => person.box.x)).toEqual([16, 75]);
  });

  test('numbers that are none count as nobody', () => {
    const output = yolov8([[Number.NaN, 30, 10, 40, Number.NaN, 0]]);
    expect(decodePeople(output, spec('yolov8'))).toEqual([]);
  });

  test.each(['yolov8', 'yolov5', 'yolox', 'end-to-end'] as const)(
    '%s: another shape is refused by name',
    (layout) => {
      const output = { dims: [1, 9, 11], data: new Float32Array(99) };
      expect(() => decodePeople(output, spec(layout))).toThrow(
        expect.objectContaining({
          code: 'model_invalid',
          message: expect.stringMatching(/out is \[1, 9, 11\]/) as string,
        }),
      );
    },
  );
});
