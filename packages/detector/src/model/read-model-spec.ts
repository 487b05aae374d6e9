import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DetectorError, reasonOf } from '../errors.js';
import { outputLayouts, type ModelSpec } from './model-spec.js';

/**
 * Reads a model spec from a JSON file.
 * @param options.file the ONNX file, where the spec names none or another is to be used; a path inside the spec
 * starts at the spec's folder.
 * @throws {DetectorError} `model_invalid`, naming the file and the field.
 */
export async function readModelSpec(
  specFile: string,
  options: { readonly file?: string; readonly signal?: AbortSignal } = {},
): Promise<ModelSpec> {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(specFile, { encoding: 'utf8', signal: options.signal }));
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new DetectorError('model_invalid', `Model spec ${specFile}: ${reasonOf(cause)}`, { cause });
  }
  const named = (raw as { file?: unknown } | null)?.file;
  const file = options.file ?? (typeof named === 'string' ? resolve(dirname(specFile), named) : named);
  return checkModelSpec({ ...(raw as object), file }, specFile);
}

/**
 * @param where what the message names the spec by.
 * @throws {DetectorError} `model_invalid`, naming the field, the rule and the value.
 */
export function checkModelSpec(raw: unknown, where = 'given'): ModelSpec {
  const field = new Fields(raw, where);
  const classes = field.names('classes');
  const spec: ModelSpec = {
    file: field.text('file'),
    name: field.text('name'),
    version: field.text('version'),
    input: {
      name: field.text('input.name'),
      width: field.count('input.width'),
      height: field.count('input.height'),
      colorOrder: field.oneOf('input.colorOrder', ['rgb', 'bgr']),
      letterbox: {
        placement: field.oneOf('input.letterbox.placement', ['center', 'top-left']),
        pad: field.number('input.letterbox.pad', 0, 255),
      },
      mean: field.triple('input.mean', () => true, 'numbers'),
      std: field.triple('input.std', (value) => value > 0, 'positive numbers'),
    },
    output: { name: field.text('output.name'), layout: field.oneOf('output.layout', outputLayouts) },
    classes,
    people: field.names('people'),
    thresholds: {
      confidence: field.number('thresholds.confidence', 0, 1),
      iou: field.number('thresholds.iou', 0, 1),
    },
  };
  const strange = spec.people.find((name) => !classes.includes(name));
  if (strange !== undefined) field.refuse('people', `names of classes; "${strange}" is none`);
  return spec;
}

/** Reads fields by their dotted path, each with its rule. */
class Fields {
  constructor(
    readonly raw: unknown,
    readonly where: string,
  ) {}

  refuse(path: string, rule: string): never {
    throw new DetectorError('model_invalid', `Model spec ${this.where}: ${path} must be ${rule}`);
  }

  text(path: string): string {
    const value = this.#at(path);
    return typeof value === 'string' && value !== '' ? value : this.#refuse(path, 'a text', value);
  }

  number(path: string, min: number, max: number): number {
    const value = this.#at(path);
    return typeof value === 'number' && value >= min && value <= max
      ? value
      : this.#refuse(path, `a number from ${min} to ${max}`, value);
  }

  count(path: string): number {
    const value = this.number(path, 1, 8_192);
    return Number.isInteger(value) ? value : this.#refuse(path, 'a whole number', value);
  }

  oneOf<T extends string>(path: string, allowed: readonly T[]): T {
    const value = this.#at(path);
    return (
      allowed.find((each) => each === value) ?? this.#refuse(path, `one of ${allowed.join(', ')}`, value)
    );
  }

  triple(path: string, holds: (value: number) => boolean, rule: string): [number, number, number] {
    const value = this.#at(path);
    const fits = (each: unknown): each is number => Number.isFinite(each) && holds(each as number);
    if (!Array.isArray(value) || value.length !== 3 || !value.every(fits)) {
      return this.#refuse(path, `three ${rule}, one a channel`, value);
    }
    return [value[0], value[1], value[2]] as [number, number, number];
  }

  names(path: string): string[] {
    const value = this.#at(path);
    const good =
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((each) => typeof each === 'string' && each !== '') &&
      new Set(value).size === value.length;
    return good ? (value as string[]) : this.#refuse(path, 'a list of different names', value);
  }

  #at(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>(
        (value, key) => (value as Record<string, unknown> | null | undefined)?.[key],
        this.raw,
      );
  }

  #refuse(path: string, rule: string, value: unknown): never {
    this.refuse(path, `${rule}, got ${(JSON.stringify(value) ?? 'nothing').slice(0, 80)}`);
  }
}
