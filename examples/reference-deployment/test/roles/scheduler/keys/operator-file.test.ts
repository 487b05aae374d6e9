import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperatorFile } from '../../../../roles/scheduler/keys/operator-file.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'operator-file-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('keeps what operators changed, readable by nobody else', () => {
  const path = join(folder, 'deep', 'operator.json');
  const content = { keys: [{ id: 'extra', secret: 'sk-extra', weight: 2 }], disabled: ['key-1'] };
  expect(new OperatorFile(path).read()).toEqual({ keys: [], disabled: [] });
  new OperatorFile(path).write(content);
  expect(new OperatorFile(path).read()).toEqual(content);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'deep'))).toEqual(['operator.json']);
});

test.each(['{"keys":[{"id":"extra","secret":"sk-canary","more":1}],"disabled":[]}', '{"keys": "sk-canary'])(
  'a file that is none is an error that names the file and no secret: %s',
  (text) => {
    const path = join(folder, 'operator.json');
    writeFileSync(path, text);
    expect(() => new OperatorFile(path).read()).toThrow(/operator\.json: .*Mend it/s);
    expect(() => new OperatorFile(path).read()).not.toThrow(/canary/);
  },
);
