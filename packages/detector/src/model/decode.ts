import type { Person } from '../boxes/box.js';
import { byConfidence, suppressOverlaps } from '../boxes/suppress.js';
import { DetectorError } from '../errors.js';
import type { ModelSpec, OutputLayout } from './model-spec.js';

/** A float32 output of the model. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

type Decode = (data: Float32Array, rows: number, spec: ModelSpec, found: Person[]) => void;

/** Overlaps are looked for among the best candidates only, so that a broken model cannot stall the process. */
const MAX_CANDIDATES = 1_000;
const STRIDES = [8, 16, 32] as const;

/**
 * The people in a model's output, in pixels of its input, best first.
 * @throws {DetectorError} `model_invalid` where the output has not the shape that the spec's layout has.
 */
export function decodePeople(output: OutputTensor, spec: ModelSpec): Person[] {
  const found: Person[] = [];
  decoders[spec.output.layout](output.data, rowsOf(output, spec), spec, found);
  const best = found.filter(isBox).sort(byConfidence).slice(0, MAX_CANDIDATES);
  return spec.output.layout === 'end-to-end' ? best : suppressOverlaps(best, spec.thresholds.iou);
}

/** Half-precision models overflow now and then; such a box would overlap everybody and suppress them. */
const isBox = ({ box: { x, y, width, height } }: Person): boolean => Number.isFinite(x + y + width + height);

/** How many boxes the output holds, once its shape is the one the spec says. */
function rowsOf({ dims, data }: OutputTensor, { output, classes, input }: ModelSpec): number {
  const expected: Record<OutputLayout, readonly (number | undefined)[]> = {
    yolov8: [1, 4 + classes.length, undefined],
    yolov5: [1, undefined, 5 + classes.length],
    yolox: [1, gridCells(input.width, input.height), 5 + classes.length],
    'end-to-end': [1, undefined, 6],
  };
  const shape = expected[output.layout];
  const fits = dims.length === 3 && shape.every((size, index) => size === undefined || size === dims[index]);
  if (!fits || !(data instanceof Float32Array)) {
    const wanted = shape.map((size) => size ?? 'any').join(', ');
    throw new DetectorError(
      'model_invalid',
      `Output ${output.name} is [${dims.join(', ')}], but layout ${output.layout} with ${classes.length} classes ` +
        `means float32 [${wanted}]`,
    );
  }
  return output.layout === 'yolov8' ? dims[2]! : dims[1]!;
}

const decoders: Record<OutputLayout, Decode> = {
  yolov8(data, anchors, spec, found) {
    for (const person of peopleIndexes(spec)) {
      for (let anchor = 0; anchor < anchors; anchor += 1) {
        const score = data[(4 + person) * anchors + anchor]!;
        if (!(score >= spec.thresholds.confidence)) continue;
        if (!isBest(spec, person, score, (index) => data[(4 + index) * anchors + anchor]!)) continue;
        const at = (row: number): number => data[row * anchors + anchor]!;
        found.push(centred(at(0), at(1), at(2), at(3), score));
      }
    }
  },
  yolov5(data, anchors, spec, found) {
    eachScored(data, anchors, spec, (at, score) =>
      found.push(centred(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!, score)),
    );
  },
  yolox(data, anchors, spec, found) {
    const cells = gridOf(spec.input.width, spec.input.height);
    eachScored(data, anchors, spec, (at, score, anchor) => {
      const [column, row, stride] = cells(anchor);
      found.push(
        centred(
          (data[at]! + column) * stride,
          (data[at + 1]! + row) * stride,
          Math.exp(data[at + 2]!) * stride,
          Math.exp(data[at + 3]!) * stride,
          score,
        ),
      );
    });
  },
  'end-to-end'(data, boxes, spec, found) {
    const people = peopleIndexes(spec);
    for (let at = 0; at < boxes * 6; at += 6) {
      const score = data[at + 4]!;
      if (!(score >= spec.thresholds.confidence) || !people.includes(data[at + 5]!)) continue;
      const [x, y] = [data[at]!, data[at + 1]!];
      found.push({ box: { x, y, width: data[at + 2]! - x, height: data[at + 3]! - y }, confidence: score });
    }
  },
};

/** Calls `hit` for each row whose best class is a person with a sufficient score. */
function eachScored(
  data: Float32Array,
  anchors: number,
  spec: ModelSpec,
  hit: (at: number, score: number, anchor: number) => void,
): void {
  const rowLength = 5 + spec.classes.length;
  const people = peopleIndexes(spec);
  for (let anchor = 0; anchor < anchors; anchor += 1) {
    const at = anchor * rowLength;
    const objectness = data[at + 4]!;
    if (!(objectness >= spec.thresholds.confidence)) continue;
    for (const person of people) {
      const score = data[at + 5 + person]!;
      if (!(objectness * score >= spec.thresholds.confidence)) continue;
      if (isBest(spec, person, score, (index) => data[at + 5 + index]!)) hit(at, objectness * score, anchor);
    }
  }
}

/** A box is of the class with its highest score; of equal ones, the first. */
function isBest(spec: ModelSpec, person: number, score: number, scoreOf: (index: number) => number): boolean {
  for (let index = 0; index < spec.classes.length; index += 1) {
    const other = scoreOf(index);
    if (other > score || (other === score && index < person)) return false;
  }
  return true;
}

const peopleIndexes = ({ classes, people }: ModelSpec): number[] =>
  people.map((name) => classes.indexOf(name));

const centred = (x: number, y: number, width: number, height: number, confidence: number): Person => ({
  box: { x: x - width / 2, y: y - height / 2, width, height },
  confidence,
});

const gridCells = (width: number, height: number): number =>
  STRIDES.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);

/** Which column, row and stride an anchor of YOLOX belongs to: finest grid first, row by row. */
function gridOf(width: number, height: number): (anchor: number) => [number, number, number] {
  return (anchor) => {
    let rest = anchor;
    for (const stride of STRIDES) {
      const columns = Math.floor(width / stride);
      const cells = columns * Math.floor(height / stride);
      if (rest < cells) return [rest % columns, Math.floor(rest / columns), stride];
      rest -= cells;
    }
    throw new RangeError(`anchor ${anchor} lies outside the grid`);
  };
}
