import { randomUUID } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { JavaProcessError, spawnJava, type Jdk } from '@riskwatch/java-process';
import { freePorts } from './free-ports.js';
import { log4jFile } from './kafka-artifacts.js';
import { serverProperties } from './server-properties.js';

export interface FormatOptions {
  jdk: Jdk;
  /** Folder of the broker's jars. */
  jars: string;
  cacheDir: string;
  signal?: AbortSignal | undefined;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Kafka's own form of an id: 16 bytes in base64url, 22 characters. */
const kafkaUuid = (): string => Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');

/**
 * Makes `logFolder` a formatted one, unless it is already. Formatting is a JVM of its own (about a second), so it
 * is done once for these jars; further folders are copies with ids of their own.
 */
export const formatStorage = async (logFolder: string, options: FormatOptions): Promise<void> => {
  if (await exists(join(logFolder, 'meta.properties'))) return;
  const template = await formattedTemplate(options);
  await mkdir(dirname(logFolder), { recursive: true });
  const fresh = `${logFolder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await cp(template, fresh, { recursive: true });
  const metaFile = join(fresh, 'meta.properties');
  const meta = (await readFile(metaFile, 'utf8'))
    .replace(/^cluster\.id=.*$/m, `cluster.id=${kafkaUuid()}`)
    .replace(/^directory\.id=.*$/m, `directory.id=${kafkaUuid()}`);
  await writeFile(metaFile, meta);
  await rm(logFolder, { recursive: true, force: true });
  await rename(fresh, logFolder);
};

const formattedTemplate = async ({ jdk, jars, cacheDir, signal }: FormatOptions): Promise<string> => {
  const template = join(cacheDir, 'kafka', `formatted-${basename(jars)}`);
  if (await exists(template)) return template;
  await mkdir(dirname(template), { recursive: true });
  const work = await mkdtemp(`${template}-`);
  try {
    const [port = 0, controllerPort = 0] = await freePorts(2);
    const configFile = join(work, 'server.properties');
    const logFolder = join(work, 'data');
    await writeFile(configFile, serverProperties({ port, advertisedPort: port, controllerPort, logFolder }));
    const java = await spawnJava({
      jdk,
      classPath: [join(jars, '*')],
      mainClass: 'kafka.tools.StorageTool',
      args: ['format', '-t', kafkaUuid(), '-c', configFile],
      jvmArgs: [
        '-Xmx128m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        `-Dlog4j2.configurationFile=${log4jFile}`,
      ],
      cacheFolder: cacheDir,
      signal,
    });
    try {
      await java.waitForLine(/^Formatting metadata directory/, { deadlineMs: 60_000, signal });
    } catch (error) {
      await java.kill();
      throw error;
    }
    // Stopped between that line and its end it leaves half a folder, which would spoil every later start.
    const { code } = await java.exited;
    signal?.throwIfAborted();
    if (code !== 0) {
      const said = java.lastLines().join('\n');
      throw new JavaProcessError('exited_early', `Kafka's storage tool ended with code ${code}:\n${said}`);
    }
    await rename(logFolder, template).catch(async (error: unknown) => {
      // Another starter was quicker.
      if (!(await exists(template))) throw error;
    });
    return template;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
