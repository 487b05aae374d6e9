import { ServiceStartError, type RunningService } from './service.js';

/** A JVM as the tools start it. */
interface JvmProcess {
  readonly pid: number;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  stop(): Promise<unknown>;
  kill(): Promise<unknown>;
}

/**
 * Starts a JVM program. The tools stop it whenever their signal aborts, later too; here a signal ends the start only,
 * since stopping has an order.
 * @throws {ServiceStartError} with what the tool says.
 */
export async function startJvm(
  name: string,
  logFile: string,
  start: (signal: AbortSignal) => Promise<JvmProcess>,
  signal: AbortSignal,
): Promise<RunningService> {
  const starting = new AbortController();
  const onAbort = () => starting.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const jvm = await start(starting.signal);
    return {
      pid: jvm.pid,
      exited: jvm.exited.then(({ code, signal: by }) => by ?? `exit code ${code}`),
      stop: async () => void (await jvm.stop()),
      kill: () => void jvm.kill(),
    };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceStartError(`${name}: ${reason}\nIts log: ${logFile}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
