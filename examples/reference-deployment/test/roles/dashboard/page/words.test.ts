import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWord, translator, type Word } from '../../../../roles/dashboard/page/words.js';

const root = dirname(createRequire(import.meta.url).resolve('@riskwatch/reference-deployment/package.json'));
const pageDir = join(root, 'roles/dashboard/page');
const source = readFileSync(join(pageDir, 'words.ts'), 'utf8');
const words = [...source.matchAll(/^ {2}(\w+): \[/gm)].flatMap(([, word = '']) =>
  isWord(word) ? [word] : [],
);
const [en, zh] = [translator('en'), translator('zh')];

describe('words', () => {
  it('are found by this test', () => {
    expect(words.length).toBeGreaterThan(150);
  });

  it.each(words)('%s says the same number of things in both languages', (word: Word) => {
    const values = ['\u0001', '\u0002', '\u0003'];
    const used = (text: string) => values.filter((value) => text.includes(value));
    expect(used(zh(word, ...values))).toEqual(used(en(word, ...values)));
    expect(zh(word)).toBeTypeOf('string');
  });

  it('takes values by place and by number', () => {
    expect(en('keysAvailable', 5, 8)).toBe('5 of 8 keys available now');
    expect(zh('keysAvailable', 5, 8)).toBe('8 个密钥中 5 个当前可用');
  });

  it('is each used by some part of the page', () => {
    const files = readdirSync(pageDir).filter((file) => /\.(ts|html)$/.test(file) && file !== 'words.ts');
    const page = files.map((file) => readFileSync(join(pageDir, file), 'utf8')).join('\n');
    const unused = words.filter(
      (word) => !new RegExp(`['"]${word}['"]|peer_\\$`).test(page) && !word.startsWith('peer_'),
    );
    expect(unused).toEqual([]);
  });
});
