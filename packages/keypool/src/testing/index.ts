/**
 * For tests of programs that use the pool.
 *
 * @module
 */
export { createFakeClock, type FakeClock } from './fake-clock.js';
export { seededRandom } from './seeded-random.js';
