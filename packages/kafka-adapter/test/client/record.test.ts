import { expect, it } from 'vitest';
import { headersOf, headerText, recordBytes } from '../../src/client/record.js';

it('reads headers without a value, as Java producers may send them', () => {
  const headers = headersOf({ trace: Buffer.from('a'), empty: null, many: [Buffer.from('b'), null] });
  expect(headers).toEqual({
    trace: Buffer.from('a'),
    empty: Buffer.alloc(0),
    many: [Buffer.from('b'), Buffer.alloc(0)],
  });
  expect(headerText(headers, 'empty')).toBe('');
  expect(recordBytes({ key: null, value: null, headers })).toBe(
    'trace'.length + 1 + 'empty'.length + 2 * 'many'.length + 1,
  );
});
