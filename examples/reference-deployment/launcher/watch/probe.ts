const PROBE_TIMEOUT_MS = 2_000;

/**
 * JSON from a role of ours, whatever the status.
 * @throws where nothing answers in 2 s or the answer is no JSON.
 */
export async function askJson<T>(url: string, signal: AbortSignal): Promise<T> {
  // Not `AbortSignal.any`: a long-lived signal keeps a trace of each one that was ever combined with it.
  const asking = new AbortController();
  const end = () => asking.abort();
  const timer = setTimeout(end, PROBE_TIMEOUT_MS);
  signal.addEventListener('abort', end, { once: true });
  try {
    const response = await fetch(url, { signal: asking.signal });
    return (await response.json()) as T;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Why a role is not ready, by its `/readyz`; empty when it is. */
export async function readyReasons(baseUrl: string, signal: AbortSignal): Promise<string[]> {
  try {
    const { ready, reasons } = await askJson<{ ready: boolean; reasons: string[] }>(
      `${baseUrl}/readyz`,
      signal,
    );
    if (ready) return [];
    return reasons.length > 0 ? reasons : ['not ready'];
  } catch {
    return ['does not answer'];
  }
}

interface JobsOverview {
  readonly jobs: readonly { readonly state: string; readonly tasks: { total: number; running: number } }[];
}

/** Why Flink does not work: its job and every task of it must run. One question, since it is asked each second. */
export async function flinkReasons(restUrl: string, signal: AbortSignal): Promise<string[]> {
  try {
    const { jobs } = await askJson<JobsOverview>(`${restUrl}/jobs/overview`, signal);
    const isRunning = jobs.some(({ tasks }) => tasks.total > 0 && tasks.running === tasks.total);
    if (isRunning) return [];
    return [jobs[0] ? `the job is ${jobs[0].state.toLowerCase()}` : 'has no job'];
  } catch {
    return ['does not answer'];
  }
}
