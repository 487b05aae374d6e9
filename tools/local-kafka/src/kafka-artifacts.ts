import { fileURLToPath } from 'node:url';
import { fetchMavenArtifacts, type DownloadProgress } from '@riskwatch/java-process';

const runtimeFile = (name: string): string => fileURLToPath(new URL(`../runtime/${name}`, import.meta.url));

export const log4jFile = runtimeFile('log4j2.properties');

/** The broker's jars: which, and with which hashes. */
export const kafkaArtifacts = {
  name: 'kafka-4.4.0',
  pomFile: runtimeFile('pom.xml'),
  pinsFile: runtimeFile('jars.sha256'),
} as const;

export interface PrepareOptions {
  /** Where fetched jars are kept; default `userCacheFolder()` of java-process. */
  cacheDir?: string | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches the broker's jars (43 MiB, on first use only) and returns their folder.
 *
 * @throws JavaProcessError as `fetchMavenArtifacts`.
 */
export const prepareLocalKafka = ({ cacheDir, onProgress, signal }: PrepareOptions = {}): Promise<string> =>
  fetchMavenArtifacts({ ...kafkaArtifacts, cacheFolder: cacheDir, onProgress, signal });
