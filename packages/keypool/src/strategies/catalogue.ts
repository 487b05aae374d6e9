import { leastLoaded } from './least-loaded.js';
import { powerOfTwoChoices } from './power-of-two-choices.js';
import { random } from './random.js';
import { roundRobin } from './round-robin.js';
import type { Strategy } from './strategy.js';
import { weighted } from './weighted.js';

/** Every built-in strategy, under the name that keys files use. */
export const strategyCatalogue: ReadonlyMap<string, Strategy> = new Map(
  [roundRobin, random, leastLoaded, weighted, powerOfTwoChoices].map((strategy) => [strategy.name, strategy]),
);
