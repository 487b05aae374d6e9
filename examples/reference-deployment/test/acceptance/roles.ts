import { resolveSecret } from '../../config/load-deployment.js';
import type { Deployment } from '../../config/deployment.js';
import type { Stack } from './stack.js';

export type RoleName = 'scheduler' | 'storage' | 'alerts' | 'dashboard' | 'camera';

export interface KeysView {
  readonly keys: readonly { readonly id: string; readonly state: string }[];
}

export interface ProviderStats {
  readonly accepted: number;
  readonly refused: number;
  readonly keys: readonly {
    readonly id: string;
    readonly accepted: number;
    readonly maxInFlight: number;
    readonly refused: Readonly<Record<string, number>>;
  }[];
}

/** What an operator does by HTTP. */
export class Roles {
  readonly #deployment: Deployment;
  readonly #provider: string;
  readonly #token: string;

  constructor(stack: Stack) {
    this.#deployment = stack.deployment;
    this.#token = resolveSecret(stack.deployment.scheduler.adminToken ?? '', '/');
    this.#provider = stack.providerOrigin;
  }

  url(role: RoleName): string {
    const { host, port } = role === 'camera' ? this.#deployment.cameras : this.#deployment[role];
    return `http://${host}:${port}`;
  }

  async readiness(role: RoleName): Promise<{ ready: boolean; reasons: string[] }> {
    return (await (await fetch(`${this.url(role)}/readyz`)).json()) as { ready: boolean; reasons: string[] };
  }

  async notReady(): Promise<RoleName[]> {
    const all: RoleName[] = ['scheduler', 'storage', 'alerts', 'dashboard', 'camera'];
    const states = await Promise.all(all.map(async (role) => ({ role, ...(await this.readiness(role)) })));
    return states.filter(({ ready }) => !ready).map(({ role }) => role);
  }

  async flinkVertices(): Promise<string[]> {
    const { host, port } = this.#deployment.flink;
    const ask = async <T>(path: string) => (await (await fetch(`http://${host}:${port}${path}`)).json()) as T;
    const { jobs } = await ask<{ jobs: { id: string }[] }>('/jobs');
    const { vertices } = await ask<{ vertices: { status: string }[] }>(`/jobs/${jobs[0]?.id}`);
    return vertices.map(({ status }) => status);
  }

  async stopCameras(): Promise<void> {
    await fetch(`${this.url('camera')}/v1/cameras/stop`, { method: 'POST' });
  }

  async keys(): Promise<KeysView> {
    return (await (await this.#admin('GET', '/v1/keys')).json()) as KeysView;
  }

  async disableKey(id: string): Promise<void> {
    await this.#admin('POST', `/v1/keys/${id}/disable`);
  }

  async enableKey(id: string): Promise<void> {
    await this.#admin('POST', `/v1/keys/${id}/enable`);
  }

  /** Calls by key as the scheduler's metrics count them. */
  async callsByKey(): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.url('scheduler')}/metrics`)).text();
    const calls = new Map<string, number>();
    for (const [, labels = '', count] of text.matchAll(/^keypool_attempts_total\{([^}]*)\} (\d+)/gm)) {
      const id = /\bkey="([^"]*)"/.exec(labels)?.[1] ?? '';
      calls.set(id, (calls.get(id) ?? 0) + Number(count));
    }
    return calls;
  }

  /** The provider simulator's own count. */
  async simulatorStats(): Promise<ProviderStats> {
    return (await (await fetch(`${this.#provider}/_control/stats`)).json()) as ProviderStats;
  }

  async revokeAtProvider(keyId: string): Promise<void> {
    const answer = await fetch(`${this.#provider}/_control/keys/${keyId}/revoke`, { method: 'POST' });
    if (!answer.ok) throw new Error(`revoke ${keyId}: ${answer.status}`);
  }

  async #admin(method: string, path: string): Promise<Response> {
    const answer = await fetch(`${this.url('scheduler')}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
