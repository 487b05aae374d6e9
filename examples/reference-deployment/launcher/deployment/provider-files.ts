import { simulatedKeys, type SimulatorOptions } from '@riskwatch/provider-simulator';

export interface SimulatedProvider {
  /** For the simulator process. */
  readonly simulator: SimulatorOptions;
  /** The keys file, as its content. */
  readonly keysFile: Record<string, unknown>;
}

/** Fresh keys at the provider simulator: what it is told about them, and the keys file that the scheduler reads. */
export function simulatedProvider(
  { keys, rpm, burst, strategy }: { keys: number; rpm: number; burst: number; strategy?: string },
  port: number,
): SimulatedProvider {
  const made = simulatedKeys({ keys, rpm, burst });
  return {
    simulator: made.simulator,
    keysFile: {
      provider: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      model: 'simulated-vision',
      ...(strategy && { strategy }),
      quotaGroups: made.quotaGroups,
      keys: made.keys,
    },
  };
}
