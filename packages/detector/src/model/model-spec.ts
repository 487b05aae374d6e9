/**
 * What a model file wants and gives. All of it is said, nothing is guessed from shapes or names: files of the same
 * name and shapes exist that want other colours and scaling, and with the wrong ones find a fifth of the people.
 */
export interface ModelSpec {
  /** The ONNX file. */
  readonly file: string;
  /** Goes into each detection, with `version`. */
  readonly name: string;
  readonly version: string;
  readonly input: InputSpec;
  readonly output: OutputSpec;
  /** Names of the model's classes, in its order. */
  readonly classes: readonly string[];
  /** The classes that are people. */
  readonly people: readonly string[];
  readonly thresholds: {
    /** Boxes below this score are left out, 0 to 1. */
    readonly confidence: number;
    /** Of two boxes that overlap by more than this (intersection over union) only the better stays, 0 to 1. */
    readonly iou: number;
  };
}

/** One float32 tensor [1, 3, height, width]. */
export interface InputSpec {
  /** The tensor's name in the graph. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Order of the three channels. */
  readonly colorOrder: 'rgb' | 'bgr';
  /** The frame keeps its proportions; what is left of the input has the grey `pad` (0 to 255). */
  readonly letterbox: { readonly placement: 'center' | 'top-left'; readonly pad: number };
  /** value = (byte − mean) / std, per channel in the order of `colorOrder`. std 255 and mean 0 scale to 0…1. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * - `yolov8` (YOLOv8, YOLO11 …): [1, 4 + classes, anchors]; centre x, centre y, width, height in input pixels, then one score a class.
 * - `yolov5` (YOLOv5, v7): [1, anchors, 5 + classes]; the same box, objectness, then class scores to be multiplied by it.
 * - `yolox`: the shape of `yolov5`, but centre relative to its grid cell and sizes as logarithms, both per stride 8, 16, 32.
 * - `end-to-end` (YOLOv10, YOLO26 …): [1, boxes, 6]; left, top, right, bottom in input pixels, score, class; overlaps already removed.
 */
export type OutputLayout = 'yolov8' | 'yolov5' | 'yolox' | 'end-to-end';

export const outputLayouts: readonly OutputLayout[] = ['yolov8', 'yolov5', 'yolox', 'end-to-end'];

export interface OutputSpec {
  /** The tensor's name in the graph. */
  readonly name: string;
  readonly layout: OutputLayout;
}
