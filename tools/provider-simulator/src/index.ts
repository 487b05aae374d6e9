/**
 * A stand-in for the paid model: an OpenAI-compatible server that enforces each quota group's limits the way
 * providers do, answers after realistic delays and misbehaves on command.
 *
 * @module
 */
export { startProviderSimulator, type ProviderSimulator } from './simulator.js';
export type { SimulatorOptions, QuotaGroupOptions, SimulatedLimit, DelayOptions } from './options.js';
export type { SimulatorControl } from './server/control.js';
export type { SimulatorStats } from './server/state.js';
export type { KeyStats, RefusalReason } from './accounts/accounts.js';
export type { FaultKind, FaultOrder } from './answers/faults.js';
export {
  simulatedKeys,
  type SimulatedKeyEntry,
  type SimulatedKeysOptions,
  type SimulatedQuotaGroup,
} from './accounts/simulated-keys.js';
