import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadDeployment, resolveSecret } from '../../config/load-deployment.js';

const folder = mkdtempSync(join(tmpdir(), 'load-deployment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a deployment file that is none', () => {
  const refusalOf = (text: string): string => {
    try {
      loadDeployment(written('riskwatch.yaml', text));
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('it was taken');
  };

  test('is refused with file and place', () => {
    expect(refusalOf('site: a\nkafka: [1\n')).toMatch(/riskwatch\.yaml: .*line \d+, column \d+/);
    expect(refusalOf('dataDir: /d\nkafka: { brokers: [] }\nscheduler: { keysFile: k }\n')).toMatch(
      /kafka\.brokers/,
    );
  });

  test.each([
    'scheduler:\n  adminToken: "sk-canary\n  port: 1\n',
    'scheduler: { adminToken: sk-canary: x: y }\n',
    'scheduler:\n\tadminToken: sk-canary\n',
    'scheduler: { adminToken: [sk-canary] }\n',
  ])('is not quoted, since it may hold a secret: %j', (text) => {
    expect(refusalOf(text)).not.toContain('canary');
  });
});

describe('a secret reference', () => {
  test('is a variable, a file beside the deployment, or the text itself', () => {
    written('token', 'from-file\n');
    expect(resolveSecret('env:TOKEN', folder, { TOKEN: 'from-env' })).toBe('from-env');
    expect(resolveSecret('file:token', folder)).toBe('from-file');
    expect(resolveSecret('plain', folder)).toBe('plain');
  });

  test.each(['env:NOT_SET', 'env:EMPTY', 'file:nowhere', 'file:empty'])('%s leads to none', (reference) => {
    written('empty', ' \n');
    expect(() => resolveSecret(reference, folder, { EMPTY: '' })).toThrow(reference);
  });
});
