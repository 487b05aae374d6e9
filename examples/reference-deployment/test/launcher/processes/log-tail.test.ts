import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lastWords } from '../../../launcher/processes/log-tail.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-tail-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (level: number, msg: string, message?: string) =>
  JSON.stringify({ level, msg, ...(message && { err: { message } }) });

it.each([
  ['the last error', [entry(60, 'failed', 'no such file'), entry(30, 'stopping')], 'failed: no such file'],
  ['the last line without an error', [entry(30, 'starting'), entry(30, 'listening')], 'listening'],
  ['an error that is no JSON', ['SyntaxError: oops', '    at x.js:1', ''], 'SyntaxError: oops'],
  ['that there is nothing', [''], 'it said nothing'],
])('tells %s', (_what, lines, expected) => {
  const file = join(folder, 'service.log');
  writeFileSync(file, lines.join('\n'));
  expect(lastWords(file)).toBe(expected);
});

it('reads only the end of a long log, and a log that is not there as an empty one', () => {
  const file = join(folder, 'long.log');
  writeFileSync(file, `${entry(60, 'long ago')}\n${`${entry(30, 'working')}\n`.repeat(2_000)}`);
  expect(lastWords(file)).toBe('working');
  expect(lastWords(join(folder, 'missing.log'))).toBe('it said nothing');
});
