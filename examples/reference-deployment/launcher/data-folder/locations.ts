import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `riskwatch` under `XDG_DATA_HOME`, which is `~/.local/share` where it is not set (or, as specified, relative). */
export function defaultDataDir(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_DATA_HOME'];
  return join(base && isAbsolute(base) ? base : join(homedir(), '.local', 'share'), 'riskwatch');
}

/** The places inside a data folder that the launcher knows; roles keep what is theirs beside them. */
export function locationsIn(dataDir: string) {
  const run = join(dataDir, 'run');
  return {
    dataDir,
    logs: join(dataDir, 'logs'),
    /** What belongs to one run. */
    run,
    owner: join(run, 'launcher.lock'),
    deployment: join(run, 'deployment.json'),
    steps: join(run, 'start-steps.json'),
    simulator: join(run, 'simulator.json'),
    keys: join(run, 'keys.json'),
    kafka: join(dataDir, 'kafka'),
    flink: join(dataDir, 'flink'),
  };
}

export type Locations = ReturnType<typeof locationsIn>;
