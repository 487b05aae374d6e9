import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutables } from './find-executable.js';
import { JavaProcessError } from './java-process-error.js';
import { runCommand } from './run-command.js';

/** An installed JDK. */
export interface Jdk {
  home: string;
  /** As the JVM reports it, for example `17.0.15`. */
  version: string;
  /** The version's first number: 17, 21 … (8 for `1.8`). */
  major: number;
  java: string;
  javac: string;
}

export interface FindJdkOptions {
  /** The lowest version that will do; default 17. */
  minimumMajor?: number;
  /** Default `process.env`. */
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

const howToGet =
  'Install one (Debian or Ubuntu: apt-get install openjdk-17-jdk-headless; macOS: brew install openjdk@21; ' +
  'others: https://adoptium.net), or set JAVA_HOME to the folder of one that is installed.';

/**
 * Finds a JDK: `JAVA_HOME` first, then `PATH`; the first one that is new enough and has a compiler.
 *
 * @throws JavaProcessError `jdk_missing`, saying what was looked at and how to get one.
 */
export const findJdk = async ({
  minimumMajor = 17,
  env = process.env,
  signal,
}: FindJdkOptions = {}): Promise<Jdk> => {
  const javaHome = env['JAVA_HOME'];
  const firstFolders = javaHome ? [join(javaHome, 'bin')] : [];
  const looked: string[] = [];
  if (javaHome && (await findExecutables('java', { env: {}, firstFolders })).length === 0) {
    looked.push(`JAVA_HOME is ${javaHome}, which holds no bin/java`);
  }
  for (const java of await findExecutables('java', { env, firstFolders })) {
    const jdk = await describeJava(java, signal);
    if (typeof jdk === 'string') looked.push(jdk);
    else if (jdk.major >= minimumMajor) return jdk;
    else looked.push(`${java} is version ${jdk.version}`);
  }
  const what = looked.length === 0 ? 'no java in JAVA_HOME or on PATH' : looked.join('; ');
  throw new JavaProcessError(
    'jdk_missing',
    `A JDK of version ${minimumMajor} or newer is needed: ${what}. ${howToGet}`,
  );
};

/** What a `java` program is, or a sentence on why it will not do. */
const describeJava = async (java: string, signal: AbortSignal | undefined): Promise<Jdk | string> => {
  const { exitCode, output } = await runCommand(java, ['-XshowSettings:properties', '-version'], { signal });
  const home = /^\s*java\.home = (.+)$/m.exec(output)?.[1]?.trim();
  const version = /^\s*java\.version = (\S+)/m.exec(output)?.[1];
  if (exitCode !== 0 || home === undefined || version === undefined) return `${java} does not run`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const javac = join(home, 'bin', `javac${suffix}`);
  try {
    await access(javac);
  } catch {
    return `${java} (version ${version}) is a runtime without a compiler`;
  }
  return { home, version, major: majorOf(version), java: join(home, 'bin', `java${suffix}`), javac };
};

const majorOf = (version: string): number => {
  const [first = '0', second = '0'] = version.split(/[._+-]/);
  return Number(first === '1' ? second : first);
};
