import { parseArgs } from 'node:util';
import { dirname, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino, type Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Deployment } from '../config/deployment.js';
import { loadDeployment } from '../config/load-deployment.js';
import { Health } from './health.js';
import { createRoleServer } from './role-server.js';

/** What a role is given to work with. */
export interface RoleContext {
  readonly deployment: Deployment;
  /** Folder of the deployment file; relative references start here. */
  readonly configDir: string;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** The role's HTTP server, not yet listening; `/healthz`, `/readyz` and `/metrics` are on it. */
  readonly http: FastifyInstance;
  /** Aborts when the role has to stop. */
  readonly signal: AbortSignal;
  /** The role cannot go on: it drains, exits with 1 and is started again by whoever runs it. */
  fail(error: unknown): void;
}

export interface RoleDefinition {
  readonly name: string;
  /** Where it listens. */
  address(deployment: Deployment): { host: string; port: number };
  /** Adds routes, starts work; what it returns runs once at the end, within the stop deadline. */
  start(context: RoleContext): Promise<() => Promise<void>>;
  /** Largest request body, bytes. Default 64 KiB. */
  readonly bodyLimit?: number;
}

/** Everything of a launcher that died has to be gone after ten seconds. */
const STOP_DEADLINE_MS = 9_000;

/**
 * Runs one role as this process: reads `--config FILE`, serves health and metrics, and ends in order at SIGTERM,
 * SIGINT or when the launcher goes away (its IPC channel closes). Under a launcher it sends
 * `{ type: 'listening', port }` once its server listens.
 */
export async function runRole(role: RoleDefinition): Promise<void> {
  const log = pino({ name: role.name, level: process.env.LOG_LEVEL ?? 'info' });
  const { deployment, configDir } = configOf(role, log);
  const metrics = new Registry();
  metrics.setDefaultLabels({ service: role.name });
  // Ten times coarser than the default, whose timer wakes every role a hundred times a second for nothing else.
  collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: 100 });
  const health = new Health();
  health.set('start', 'starting');
  const stopping = new AbortController();
  let exitCode = 0;

  const http = createRoleServer({ health, metrics, log, bodyLimit: role.bodyLimit });

  const stop = (why: string) => {
    if (stopping.signal.aborted) return;
    log.info({ why }, 'stopping');
    health.set('stop', 'stopping');
    stopping.abort(new Error(why));
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.once('disconnect', () => stop('launcher gone'));
  const fail = (error: unknown) => {
    exitCode = 1;
    log.fatal({ err: error }, 'failed');
    stop('failed');
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  let finish: (() => Promise<void>) | undefined;
  try {
    const context = {
      deployment,
      configDir,
      log,
      metrics,
      health,
      http,
      signal: stopping.signal,
      fail,
    };
    finish = await role.start(context);
    const { host, port } = role.address(deployment);
    await http.listen({ host, port });
    const listening = http.server.address();
    if (process.connected && listening && typeof listening === 'object') {
      process.send?.({ type: 'listening', port: listening.port });
    }
    health.set('start');
    log.info({ address: listening }, 'listening');
    if (!stopping.signal.aborted) {
      await new Promise<void>((done) =>
        stopping.signal.addEventListener('abort', () => done(), { once: true }),
      );
    }
  } catch (error) {
    fail(error);
  }
  const deadline = setTimeout(() => process.exit(exitCode || 1), STOP_DEADLINE_MS);
  deadline.unref();
  try {
    await finish?.();
    await http.close();
  } catch (error) {
    exitCode = 1;
    log.error({ err: error }, 'stop failed');
  }
  process.exit(exitCode);
}

/** The deployment file that the command line names. Without one there is no role: the log says why and the process ends. */
function configOf(role: RoleDefinition, log: Logger): { deployment: Deployment; configDir: string } {
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' } } });
    if (!values.config) throw new TypeError(`${role.name}: --config FILE is missing`);
    const configFile = resolve(values.config);
    return { deployment: loadDeployment(configFile), configDir: dirname(configFile) };
  } catch (error) {
    log.fatal({ err: error }, 'failed');
    process.exit(1);
  }
}
