import { describe, expect, test } from 'vitest';
import type { FloorRule } from '../../../../config/policy.js';
import { applyFloor, floorFor } from '../../../../roles/scheduler/model/floor.js';
import { task } from '../support.js';

const rules: FloorRule[] = [
  { name: 'crowd', peopleAtLeast: 10, level: 'low' },
  { name: 'closed-yard', peopleAtLeast: 1, cameras: ['yard-2'], level: 'medium' },
];
const group = async (cameraId: string, peopleCount: number) => {
  const made = await task({ cameraId });
  return { ...made, context: { ...made.context, peopleCount } };
};

describe('the floor', () => {
  test.each<[string, number, string | undefined]>([
    ['yard-1', 9, undefined],
    ['yard-1', 10, 'crowd'],
    ['yard-2', 1, 'closed-yard'],
    ['yard-2', 40, 'closed-yard'],
  ])('on %s with %i people is %s', async (cameraId, people, rule) => {
    expect(floorFor(rules, await group(cameraId, people))?.name).toBe(rule);
  });

  test('raises a level and says so, and lowers none', () => {
    expect(applyFloor('none', rules[1])).toEqual({
      riskLevel: 'medium',
      floor: { rule: 'closed-yard', modelLevel: 'none' },
    });
    expect(applyFloor('critical', rules[1])).toEqual({ riskLevel: 'critical' });
    expect(applyFloor('none', undefined)).toEqual({ riskLevel: 'none' });
  });
});
