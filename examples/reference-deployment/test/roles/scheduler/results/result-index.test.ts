import { describe, expect, test } from 'vitest';
import { ResultIndex } from '../../../../roles/scheduler/results/result-index.js';

const value = (level: string) => Buffer.from(JSON.stringify({ riskLevel: level }));

describe('the index of results', () => {
  test('keeps the first result of an id', () => {
    const index = new ResultIndex({ keepMs: 1_000, maxEntries: 10 });
    expect(index.add('a', value('high'), 0)).toBe(true);
    expect(index.add('a', value('none'), 1)).toBe(false);
    expect(index.get('a')).toEqual({ riskLevel: 'high' });
    expect(index.get('b')).toBeUndefined();
  });

  test('forgets what is older than it has to know, and the oldest when there are too many', () => {
    const index = new ResultIndex({ keepMs: 1_000, maxEntries: 3 });
    for (const [at, id] of ['a', 'b', 'c', 'd'].entries()) index.add(id, value('low'), at);
    expect(index.size).toBe(3);
    expect(index.get('a')).toBeUndefined();
    index.add('e', value('low'), 1_002);
    expect(index.get('b')).toBeUndefined();
    expect(index.get('d')).toBeDefined();
  });
});
