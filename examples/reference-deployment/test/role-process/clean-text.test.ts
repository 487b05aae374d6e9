import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { cleanText } from '../../role-process/clean-text.js';

test.prop([fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 })])(
  'clean text has one line, no unseen characters, and fits',
  (text, length) => {
    const clean = cleanText(text, length);
    expect(clean).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
    expect([...clean].length).toBeLessThanOrEqual(length);
    expect(clean).not.toMatch(/\p{Cs}/u);
  },
);
