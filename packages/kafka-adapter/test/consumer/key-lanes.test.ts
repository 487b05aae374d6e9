import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyLanes } from '../../src/consumer/key-lanes.js';

const command = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), lane: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({ kind: fc.constant('begin' as const) }),
  fc.record({ kind: fc.constant('finish' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('discard' as const), modulus: fc.integer({ min: 2, max: 4 }) }),
);

describe('KeyLanes', () => {
  test.prop([fc.array(command, { maxLength: 200 })])(
    'one at a time per lane, in order, none forgotten',
    (commands) => {
      const lanes = new KeyLanes<number>();
      const running: string[] = [];
      const expected = new Map<string, number[]>();
      let next = 0;
      const begin = () => {
        const begun = lanes.begin();
        const isPossible = [...expected].some(([lane, items]) => items.length > 0 && !running.includes(lane));
        expect(begun !== undefined).toBe(isPossible);
        if (begun === undefined) return;
        expect(running).not.toContain(begun.name);
        expect(expected.get(begun.name)!.shift()).toBe(begun.item);
        running.push(begun.name);
      };
      for (const each of commands) {
        if (each.kind === 'add') {
          lanes.add(each.lane, next);
          expected.set(each.lane, [...(expected.get(each.lane) ?? []), next]);
          next += 1;
        } else if (each.kind === 'begin') begin();
        else if (each.kind === 'finish' && running.length > 0) {
          const [name] = running.splice(each.which % running.length, 1);
          lanes.finish(name!);
        } else if (each.kind === 'discard') {
          lanes.discard((item) => item % each.modulus === 0);
          for (const [lane, items] of expected)
            expected.set(
              lane,
              items.filter((item) => item % each.modulus !== 0),
            );
        }
        const waiting = [...expected.values()].flat().length;
        expect([lanes.waiting, lanes.running]).toEqual([waiting, running.length]);
      }
      while (lanes.waiting > 0 || running.length > 0) {
        for (const name of running.splice(0)) lanes.finish(name);
        begin();
      }
      expect([...expected.values()].flat()).toEqual([]);
    },
  );

  it('gives each lane its turn', () => {
    const lanes = new KeyLanes<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1']) lanes.add(item[0]!, item);
    const order: string[] = [];
    for (let next = lanes.begin(); next !== undefined; next = lanes.begin()) {
      order.push(next.item);
      lanes.finish(next.name);
    }
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  });
});
