import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isInstalled } from '../lib/install.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  write('package-lock.json', '{}', 100);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string, secondsSinceEpoch: number): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), secondsSinceEpoch, secondsSinceEpoch);
}

it('is not installed in a fresh clone', () => {
  expect(isInstalled(root)).toBe(false);
});

it('is installed when npm has written its record after the lockfile', () => {
  write('node_modules/.package-lock.json', '{}', 200);
  expect(isInstalled(root)).toBe(true);
});

it('is out of date when the lockfile has changed since', () => {
  write('node_modules/.package-lock.json', '{}', 200);
  write('package-lock.json', '{"changed":true}', 300);
  expect(isInstalled(root)).toBe(false);
});

it('is out of date when it was installed for another Node, whose native parts differ', () => {
  write('node_modules/.package-lock.json', '{}', 200);
  write('node_modules/.riskwatch-install', 'another\n1\n', 200);
  expect(isInstalled(root)).toBe(false);
});
