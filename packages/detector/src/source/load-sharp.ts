import type Sharp from 'sharp';
import { DetectorError } from '../errors.js';

let loading: Promise<typeof Sharp> | undefined;

/** sharp is an optional peer: whoever only clusters boxes does not need it. */
export function loadSharp(): Promise<typeof Sharp> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (cause: unknown) => {
      throw new DetectorError('dependency_missing', 'sharp does not load: npm install sharp', { cause });
    },
  );
  return loading;
}
