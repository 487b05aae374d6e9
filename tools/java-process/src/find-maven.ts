import { join } from 'node:path';
import { findExecutables } from './find-executable.js';
import { JavaProcessError } from './java-process-error.js';
import { runCommand } from './run-command.js';

/** An installed Maven. */
export interface Maven {
  /** The `mvn` program. */
  mvn: string;
  version: string;
}

export interface FindMavenOptions {
  /** Default `process.env`; Maven itself needs `JAVA_HOME` or `java` on `PATH`. */
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Finds Maven: `MAVEN_HOME` first, then `PATH`.
 *
 * @throws JavaProcessError `maven_missing`, saying how to get it.
 */
export const findMaven = async ({ env = process.env, signal }: FindMavenOptions = {}): Promise<Maven> => {
  const mavenHome = env['MAVEN_HOME'];
  const firstFolders = mavenHome ? [join(mavenHome, 'bin')] : [];
  const failed: string[] = [];
  for (const mvn of await findExecutables('mvn', { env, firstFolders })) {
    const { exitCode, output } = await runCommand(mvn, ['-B', '-v'], { env, signal });
    const version = /Apache Maven (\d+(?:\.\d+)+)/.exec(output)?.[1];
    if (exitCode === 0 && version !== undefined) return { mvn, version };
    failed.push(`${mvn} does not run: ${output.trim().split('\n').at(0) ?? ''}`);
  }
  const what = failed.length === 0 ? 'no mvn in MAVEN_HOME or on PATH' : failed.join('; ');
  throw new JavaProcessError(
    'maven_missing',
    `Apache Maven is needed: ${what}. Install it (Debian or Ubuntu: apt-get install maven; macOS: brew install ` +
      'maven; others: https://maven.apache.org/download.cgi), or put its bin folder on PATH.',
  );
};
