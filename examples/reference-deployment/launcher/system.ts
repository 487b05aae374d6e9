import type { Service, ServiceId } from './processes/service.js';
import { Supervisor, type ServiceEvent } from './processes/supervisor.js';

/** Who must still be there while another one ends: producers first, the broker last. */
const stopOrder: readonly (readonly ServiceId[])[] = [
  ['camera'],
  ['flink'],
  ['scheduler'],
  ['storage', 'alerts', 'dashboard'],
  ['provider'],
  ['kafka'],
];

/** All processes of one run. */
export class System {
  readonly #supervisors: ReadonlyMap<ServiceId, Supervisor>;

  constructor(services: readonly Service[], onEvent: (id: ServiceId, event: ServiceEvent) => void) {
    this.#supervisors = new Map(
      services.map((service) => [
        service.id,
        new Supervisor(service, { onEvent: (event) => onEvent(service.id, event) }),
      ]),
    );
  }

  has(id: ServiceId): boolean {
    return this.#supervisors.has(id);
  }

  async start(id: ServiceId, signal: AbortSignal, onProgress: (text: string) => void): Promise<Service> {
    const supervisor = this.#supervisors.get(id);
    if (!supervisor) throw new TypeError(`${id} is not part of this system`);
    await supervisor.start(signal, onProgress);
    return supervisor.service;
  }

  /** What does not work at this moment, and why. */
  async unhealthy(signal: AbortSignal): Promise<{ id: ServiceId; reason: string }[]> {
    const asked = [...this.#supervisors.values()].map(async ({ service, running }) => {
      const reasons = running ? await service.reasons(signal) : ['starting again'];
      return reasons.length > 0 ? [{ id: service.id, reason: reasons.join('; ') }] : [];
    });
    return (await Promise.all(asked)).flat();
  }

  /** Ends one for good and waits for it. */
  async stop(id: ServiceId): Promise<void> {
    await this.#supervisors.get(id)?.stop();
  }

  /** Ends all of it, in order. */
  async stopAll(onStopping: (ids: readonly ServiceId[]) => void): Promise<void> {
    for (const stage of stopOrder) {
      const ids = stage.filter((id) => this.#supervisors.get(id)?.running);
      if (ids.length > 0) onStopping(ids);
      await Promise.all(stage.map((id) => this.stop(id)));
    }
  }

  /** Ends all of it, at once. */
  killAll(): void {
    for (const supervisor of this.#supervisors.values()) supervisor.kill();
  }
}
