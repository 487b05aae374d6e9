import type { Strategy } from './strategy.js';

/** Any ready key, each as likely as the other. No state; spreads evenly only over many calls. O(1). */
export const random: Strategy = {
  name: 'random',
  start: (chance) => ({
    pick: (ready) => ready.at(Math.floor(chance() * ready.size)),
  }),
};
