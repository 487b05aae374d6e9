/**
 * JVM programs from Maven artifacts as child processes that end when their launcher does.
 *
 * @module
 */
export { acquireFileLock, type FileLock, type FileLockOptions } from './file-lock.js';
export { findJdk, type FindJdkOptions, type Jdk } from './find-jdk.js';
export { findMaven, type FindMavenOptions, type Maven } from './find-maven.js';
export { JavaProcessError, javaProcessErrorCodes, type JavaProcessErrorCode } from './java-process-error.js';
export {
  fetchMavenArtifacts,
  recordMavenPins,
  type DownloadProgress,
  type MavenArtifactsOptions,
} from './maven-artifacts.js';
export { spawnJava, type JavaExit, type JavaProcess, type SpawnJavaOptions } from './spawn-java.js';
export { userCacheFolder } from './user-cache-folder.js';
