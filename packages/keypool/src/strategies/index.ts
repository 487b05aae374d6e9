/**
 * Which key next. Each strategy is a file of its own; a further one is an object with a name and a `start`.
 *
 * @module
 */
export { leastLoaded } from './least-loaded.js';
export { powerOfTwoChoices } from './power-of-two-choices.js';
export { random } from './random.js';
export { roundRobin } from './round-robin.js';
export { weighted } from './weighted.js';
export { strategyCatalogue } from './catalogue.js';
export type { CallView, KeyView, Picker, ReadyKeys, Strategy } from './strategy.js';
export type { Random } from '../random.js';
