import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadPolicy } from '../../config/policy.js';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(changes: object): string {
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, stringify({ ...loadPolicy(), ...changes }));
  return path;
}

test('the policy that ships is valid and says what every level needs', () => {
  expect(Object.keys(loadPolicy().levels)).toEqual(['none', 'low', 'medium', 'high', 'critical']);
});

test('a changed policy is read', () => {
  expect(loadPolicy(written({ version: '2', language: 'Chinese (zh)' }))).toMatchObject({ version: '2' });
});

test.each<[string, object, RegExp]>([
  ['no version', { version: '' }, /version/],
  ['a level without a meaning', { levels: { none: 'x' } }, /levels/],
  ['no hazard', { hazards: [] }, /hazards/],
  ['a floor of no level', { floor: [{ name: 'a', level: 'huge' }] }, /floor/],
  ['a prompt that leaves out the levels', { prompt: '{hazards} {language}' }, /prompt/],
  ['a model, which the keys file names', { parameters: { model: 'other' } }, /parameters\.model/],
  ['a word it does not know', { polcy: 1 }, /polcy/],
])('is refused with its place: %s', (_name, changes, place) => {
  expect(() => loadPolicy(written(changes))).toThrow(place);
});

test('a missing file is named', () => {
  expect(() => loadPolicy(join(folder, 'nowhere.yaml'))).toThrow(/nowhere\.yaml/);
});
