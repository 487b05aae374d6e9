import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkModelSpec, readModelSpec } from '../../src/model/read-model-spec.js';
import { modelSpec } from '../support/model-spec.js';

describe('checkModelSpec', () => {
  test('takes a whole spec as it is', () => {
    expect(checkModelSpec(modelSpec())).toEqual(modelSpec());
  });

  const { input } = modelSpec();
  test.each([
    ['file', { file: '' }],
    ['version', { version: 8 }],
    ['input.width', { input: { ...input, width: 640.5 } }],
    ['input.height', { input: { ...input, height: 100_000 } }],
    ['input.colorOrder', { input: { ...input, colorOrder: 'grb' } }],
    ['input.letterbox.placement', { input: { ...input, letterbox: undefined } }],
    ['input.letterbox.pad', { input: { ...input, letterbox: { placement: 'center', pad: 256 } } }],
    ['input.mean', { input: { ...input, mean: [0, 0] } }],
    ['input.std', { input: { ...input, std: [1, 1, 0] } }],
    ['output.layout', { output: { name: 'out', layout: 'yolov9' } }],
    ['classes', { classes: [] }],
    ['classes', { classes: ['person', 'person'] }],
    ['people', { people: ['cat'] }],
    ['thresholds.confidence', { thresholds: { confidence: 35, iou: 0.5 } }],
  ])('says that %s is wrong', (path, change) => {
    expect(() => checkModelSpec({ ...modelSpec(), ...change }, 'mine.json')).toThrow(
      expect.objectContaining({
        code: 'model_invalid',
        message: expect.stringContaining(`Model spec mine.json: ${path} must be`) as string,
      }),
    );
  });

  test.each([undefined, null, 7, 'text', []])('%o is no spec', (raw) => {
    expect(() => checkModelSpec(raw)).toThrow(expect.objectContaining({ code: 'model_invalid' }));
  });
});

describe('readModelSpec', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'riskwatch-spec-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a model file named inside starts at the spec’s folder; one from outside comes first', async () => {
    const path = join(folder, 'spec.json');
    await writeFile(path, JSON.stringify(modelSpec()));
    expect((await readModelSpec(path)).file).toBe(join(folder, 'model.onnx'));
    expect((await readModelSpec(path, { file: '/other.onnx' })).file).toBe('/other.onnx');
  });

  test.each([
    ['missing.json', undefined],
    ['broken.json', '{'],
    ['null.json', 'null'],
  ])('%s is an error that names it', async (name, content) => {
    const path = join(folder, name);
    if (content) await writeFile(path, content);
    await expect(readModelSpec(path)).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining(name) as string,
    });
  });
});
