import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userCacheFolder } from '@riskwatch/java-process';
import { destination, pino, type Logger } from 'pino';
import { DeploymentConfigError } from '../config/load-deployment.js';
import { PolicyError } from '../config/policy.js';
import { parseOptions, UsageError, type LauncherOptions } from './command-line/options.js';
import { defaultDataDir, locationsIn } from './data-folder/locations.js';
import { takeDataFolder } from './data-folder/prepare.js';
import { PortClaims } from './deployment/port-claims.js';
import type { ServiceId } from './processes/service.js';
import type { ServiceEvent } from './processes/supervisor.js';
import { run } from './run.js';
import { servicesOf } from './start/services.js';
import { openSession, readDeploymentFile } from './start/session.js';
import { startSteps } from './start/start-steps.js';
import { StopRequest, StopRequested } from './stop/stop-request.js';
import { System } from './system.js';
import { Terminal } from './terminal.js';
import { Watch } from './watch/watch.js';

const INTERRUPTED = 130;

/**
 * Runs the whole system until it is told to stop, or for as long as the arguments say.
 * @returns the exit code: 0 all well, 1 something failed or is not accounted for, 2 a mistake in the options or files,
 * 130 interrupted before it was ready.
 */
export async function launch(args: readonly string[]): Promise<number> {
  const terminal = new Terminal(process.stdout);
  try {
    const options = parseOptions(args, process.cwd());
    if (!options.help) return await launchWith(options, terminal);
    const help = fileURLToPath(new URL('../launcher/help.txt', import.meta.url));
    process.stdout.write(readFileSync(help, 'utf8'));
    return 0;
  } catch (error) {
    terminal.live('');
    if (error instanceof StopRequested) return INTERRUPTED;
    const isMistake =
      error instanceof UsageError || error instanceof DeploymentConfigError || error instanceof PolicyError;
    console.error(`✖ ${describe(error)}`);
    return isMistake ? 2 : 1;
  }
}

async function launchWith(options: LauncherOptions, terminal: Terminal): Promise<number> {
  const file = readDeploymentFile(options);
  const locations = locationsIn(options.dataDir ?? file.dataDir ?? defaultDataDir(process.env));
  let system: System | undefined;
  const stop = new StopRequest({
    process,
    withParent: process.env['npm_lifecycle_event'] !== undefined,
    onForced: () => {
      terminal.line('Ending everything at once');
      system?.killAll();
      process.exit(INTERRUPTED);
    },
  });
  // A terminal that was closed takes no more lines; stopping in order goes on all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // Whatever happens to this process, it leaves nobody behind (and even kill -9 is seen by its children).
  process.once('exit', () => system?.killAll());
  const lock = await takeDataFolder(locations, stop.signal);
  const log = pino({ name: 'launcher' }, destination(join(locations.logs, 'launcher.log')));
  const cacheDir = userCacheFolder();
  const claims = new PortClaims(join(cacheDir, 'ports'));
  try {
    const session = await openSession(options, file, locations, claims);
    const context = {
      ...session,
      locations,
      cacheDir,
      distDir: fileURLToPath(new URL('.', import.meta.url)),
    };
    system = new System(servicesOf(context), (id, event) => tell(terminal, log, id, event));
    const watch = new Watch(session.deployment, system, log, locations.run);
    try {
      const isWell = await run(
        { options, session, locations, system, watch, terminal, cacheDir },
        stop.signal,
      );
      return isWell ? 0 : 1;
    } finally {
      await watch.close();
      await system.stopAll((ids) => terminal.live(`Stopping ${ids.map((id) => nameOf(id)).join(', ')}`));
      terminal.live('');
      terminal.line('Everything has stopped.');
    }
  } finally {
    await claims.release();
    await lock.release();
    stop.dispose();
  }
}

const nameOf = (id: ServiceId) => startSteps[id].en;

function tell(terminal: Terminal, log: Logger, id: ServiceId, event: ServiceEvent): void {
  log.info({ service: id, ...event }, event.type);
  const again = 'againInMs' in event ? `; starting it again in ${(event.againInMs / 1000).toFixed(1)} s` : '';
  if (event.type === 'ended') terminal.line(`! ${nameOf(id)} ended (${event.how})${again}`);
  else if (event.type === 'failed-again') terminal.line(`! ${describe(event.error)}${again}`);
  else terminal.line(`✔ ${nameOf(id)} is back after ${(event.afterMs / 1000).toFixed(1)} s`);
}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error));
