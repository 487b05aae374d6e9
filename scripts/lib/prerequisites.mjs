import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The oldest versions that this project runs on. */
export const minimum = { node: '20.19.0', jdk: '17', maven: '3.6.3' };

const howToGet = {
  node: 'https://nodejs.org (or: nvm install 22)',
  jdk: 'Debian/Ubuntu: sudo apt install openjdk-17-jdk-headless · macOS: brew install openjdk@17 · others: https://adoptium.net',
  maven:
    'Debian/Ubuntu: sudo apt install maven · macOS: brew install maven · others: https://maven.apache.org/install.html',
};

/**
 * Whether a dotted version is at least another one; missing parts count as 0.
 * @param {string} version
 * @param {string} least
 */
export function isAtLeast(version, least) {
  const have = version.split('.').map(Number);
  const need = least.split('.').map(Number);
  for (const [index, part] of need.entries()) {
    const mine = have[index] ?? 0;
    if (mine !== part) return mine > part;
  }
  return true;
}

/**
 * The output of a version command, or undefined where the program is not there or fails.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<string | undefined>}
 */
function ask(command, args) {
  return new Promise((done) => {
    execFile(
      command,
      args,
      { timeout: 60_000, shell: process.platform === 'win32' },
      (error, stdout, stderr) => done(error ? undefined : `${stdout}\n${stderr}`),
    );
  });
}

/**
 * What `javac -version` and `mvn -v` say, as complaints: one line for each thing that is missing or too old.
 * @param {{ node: string, javac: string | undefined, maven: string | undefined }} found
 * @returns {string[]}
 */
export function complaints(found) {
  const lines = [];
  if (!isAtLeast(found.node, minimum.node)) {
    lines.push(`Node ${minimum.node} or newer is needed, this is ${found.node}. ${howToGet.node}`);
  }
  const jdk = /javac (\d+[\d.]*)/.exec(found.javac ?? '')?.[1];
  if (!jdk) lines.push(`A JDK (${minimum.jdk} or newer) is missing: no javac found. ${howToGet.jdk}`);
  else if (!isAtLeast(jdk, minimum.jdk)) {
    lines.push(`JDK ${minimum.jdk} or newer is needed, javac is ${jdk}. ${howToGet.jdk}`);
  }
  const maven = /Apache Maven (\d+[\d.]*)/.exec(found.maven ?? '')?.[1];
  const mavensJava = /Java version: (\d+[\d.]*)/.exec(found.maven ?? '')?.[1];
  if (!maven) {
    lines.push(`Maven (${minimum.maven} or newer) is missing: no working mvn found. ${howToGet.maven}`);
  } else if (!isAtLeast(maven, minimum.maven)) {
    lines.push(`Maven ${minimum.maven} or newer is needed, mvn is ${maven}. ${howToGet.maven}`);
  } else if (jdk && mavensJava && !isAtLeast(mavensJava, minimum.jdk)) {
    lines.push(`Maven runs on Java ${mavensJava}: point JAVA_HOME at a JDK ${minimum.jdk} or newer.`);
  }
  return lines;
}

/**
 * Looks for Node, a JDK and Maven on this machine.
 * @returns {Promise<string[]>} one line for each thing that is missing; empty when all is there.
 */
export async function missingPrerequisites() {
  const javac = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'javac') : 'javac';
  const [javacSays, mavenSays] = await Promise.all([ask(javac, ['-version']), ask('mvn', ['-v'])]);
  // Maven colours its name on some systems.
  const maven = mavenSays?.replace(/\u001B\[[\d;]*m/g, '');
  return complaints({ node: process.versions.node, javac: javacSays, maven });
}
