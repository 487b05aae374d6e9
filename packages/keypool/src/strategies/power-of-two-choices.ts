import type { Strategy } from './strategy.js';

/**
 * Two ready keys at random, the less loaded of them (Mitzenmacher, 2001): nearly as even as the least loaded
 * of all, and many pools that share keys do not all run to the same one. O(1).
 */
export const powerOfTwoChoices: Strategy = {
  name: 'power-of-two-choices',
  start: (chance) => ({
    pick: (ready) => {
      const first = Math.floor(chance() * ready.size);
      const a = ready.at(first);
      if (ready.size === 1) return a;
      // Any but the first: two draws of the same key would be one choice.
      const b = ready.at((first + 1 + Math.floor(chance() * (ready.size - 1))) % ready.size);
      return b.inFlight < a.inFlight ? b : a;
    },
  }),
};
