import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { boxAround, type Person } from '../../src/boxes/box.js';
import { clusterPeople, type Cluster } from '../../src/cluster/cluster-people.js';
import { people, shuffledPeople } from '../support/arbitraries.js';
import { personAt } from '../support/frames.js';

const sizes = (clusters: readonly Cluster[]): number[] => clusters.map((cluster) => cluster.people.length);

const moved = (
  all: readonly Person[],
  change: (value: number, axis: 'x' | 'y' | 'size') => number,
): Person[] =>
  all.map(({ box, confidence }) => ({
    box: {
      x: change(box.x, 'x'),
      y: change(box.y, 'y'),
      width: change(box.width, 'size'),
      height: change(box.height, 'size'),
    },
    confidence,
  }));

describe('clusterPeople', () => {
  test('two within reach are together, a third one beyond it is alone', () => {
    // Size 80, so the reach is 56 pixels: gaps of 56 and 57.
    const all = [personAt(0, 0, 30, 80), personAt(86, 0, 30, 80), personAt(173, 0, 30, 80)];
    expect(sizes(clusterPeople(all))).toEqual([2, 1]);
  });

  test('a chain of people is one group although its ends are far apart', () => {
    const chain = Array.from({ length: 6 }, (_, index) => personAt(index * 60, 0, 30, 80));
    expect(sizes(clusterPeople(chain))).toEqual([6]);
  });

  test('somebody near and somebody far behind are not together, though their boxes meet', () => {
    const near = personAt(100, 0, 150, 400);
    const far = personAt(160, 50, 20, 60);
    expect(sizes(clusterPeople([near, far]))).toEqual([1, 1]);
    expect(sizes(clusterPeople([near, far], { maxSizeRatio: 10 }))).toEqual([2]);
  });

  test('somebody lying beside somebody standing is with them', () => {
    const standing = personAt(0, 0, 30, 80);
    const lying = personAt(50, 55, 80, 25);
    expect(sizes(clusterPeople([standing, lying]))).toEqual([2]);
  });

  test('nobody makes no group', () => {
    expect(clusterPeople([])).toEqual([]);
  });

  test.each([{ reach: -1 }, { reach: Number.NaN }, { maxSizeRatio: 0.5 }])('refuses %o', (options) => {
    expect(() => clusterPeople([], options)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  });

  test.prop([people])('everyone is in exactly one group, and its box is the one around them', (all) => {
    const clusters = clusterPeople(all);
    const members = clusters.flatMap((cluster) => cluster.people);
    expect(members).toHaveLength(all.length);
    expect(new Set(members)).toEqual(new Set(all));
    for (const { box, people: inside } of clusters) {
      expect(box).toEqual(boxAround(inside.map((each) => each.box)));
    }
  });

  test.prop([shuffledPeople])('the order of the input does not matter', ([all, shuffled]) => {
    expect(clusterPeople(shuffled)).toEqual(clusterPeople(all));
  });

  test.prop([people, fc.integer({ min: -3, max: 3 })])('the resolution does not matter', (all, power) => {
    const factor = 2 ** power;
    const scaled = clusterPeople(moved(all, (value) => value * factor));
    expect(sizes(scaled)).toEqual(sizes(clusterPeople(all)));
    expect(scaled.map((cluster) => cluster.people)).toEqual(
      clusterPeople(all).map((cluster) => moved(cluster.people, (value) => value * factor)),
    );
  });

  test.prop([people, fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 })])(
    'the place in the picture does not matter',
    (all, right, down) => {
      const shift = { x: right, y: down, size: 0 };
      expect(sizes(clusterPeople(moved(all, (value, axis) => value + shift[axis])))).toEqual(
        sizes(clusterPeople(all)),
      );
    },
  );

  test.prop([people, fc.double({ min: 0, max: 2, noNaN: true })])(
    'a longer reach never splits a group',
    (all, reach) => {
      const wider = clusterPeople(all, { reach: reach * 1.5 });
      for (const { people: together } of clusterPeople(all, { reach })) {
        expect(wider.some((cluster) => together.every((one) => cluster.people.includes(one)))).toBe(true);
      }
    },
  );
});
