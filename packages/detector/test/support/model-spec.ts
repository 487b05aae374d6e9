import type { ModelSpec } from '../../src/model/model-spec.js';

export const modelSpec = (changes: Partial<ModelSpec> = {}): ModelSpec => ({
  file: 'model.onnx',
  name: 'test',
  version: '1',
  input: {
    name: 'in',
    width: 64,
    height: 64,
    colorOrder: 'rgb',
    letterbox: { placement: 'center', pad: 114 },
    mean: [0, 0, 0],
    std: [255, 255, 255],
  },
  output: { name: 'out', layout: 'yolov8' },
  classes: ['person', 'dog'],
  people: ['person'],
  thresholds: { confidence: 0.4, iou: 0.5 },
  ...changes,
});
