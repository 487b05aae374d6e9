/**
 * Apache Flink from Maven artifacts on the installed JDK, as a child process.
 *
 * @module
 */
export type { FlinkJobOptions } from './job-options.js';
export { flinkJobState, type FlinkJobState } from './job-state.js';
export { LocalFlinkError, localFlinkErrorCodes, type LocalFlinkErrorCode } from './local-flink-error.js';
export { startLocalFlink, type LocalFlink, type LocalFlinkOptions } from './local-flink.js';
