import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OutcomeKind } from '../../src/index.js';
import { providerCatalogue } from '../../src/providers/index.js';
import { createFakeClock } from '../../src/testing/index.js';
import { answer, keysOf, simulatedPool } from '../support/simulated-pool.js';

/** An answer of a provider. `source` and `date` say where it is from; none was recorded from a live call. */
interface Fixture {
  readonly source: string;
  readonly date: string;
  /** False where the provider's pages leave it open. */
  readonly confirmed: boolean;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const folder = new URL('fixtures/', import.meta.url);
const fixturesOf = (provider: string): string[] => {
  try {
    return readdirSync(new URL(`${provider}/`, folder)).map((file) => file.replace('.json', ''));
  } catch {
    return [];
  }
};
const read = (provider: string, situation: string) =>
  JSON.parse(readFileSync(new URL(`${provider}/${situation}.json`, folder), 'utf8')) as Fixture;

/** When all of it happens; the fixtures' dates are set against it. */
const now = Date.UTC(2026, 0, 1);
const second = 1_000;
const hour = 3_600 * second;

/** An outcome, and how long the provider asks to be left alone: milliseconds, or nothing. */
type Row = readonly [situation: string, outcome: OutcomeKind, waitMs?: number];

const table: Record<string, readonly Row[]> = {
  openai: [
    ['rate-limit', 'rate-limited', 20 * second],
    ['rate-limit-in-milliseconds', 'rate-limited', 340],
    ['ramp-too-steep', 'rate-limited'],
    ['no-money', 'exhausted'],
    ['no-credit', 'exhausted'],
    ['spend-limit', 'exhausted'],
    ['bad-key', 'bad-key'],
    ['wrong-country', 'rejected'],
    ['overloaded', 'unavailable', 5 * second],
    ['broken', 'unavailable'],
    ['content-filter', 'rejected'],
    ['too-long', 'rejected'],
  ],
  'azure-openai': [
    ['rate-limit', 'rate-limited', 7_600],
    ['pool-in-high-demand', 'rate-limited'],
    ['bad-key', 'bad-key'],
    ['network-rules', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['content-filter', 'rejected'],
    ['too-long', 'rejected'],
  ],
  anthropic: [
    ['rate-limit', 'rate-limited', 12 * second],
    ['no-money', 'exhausted'],
    ['credit-too-low', 'exhausted'],
    ['own-spend-limit', 'exhausted', 31 * 24 * hour],
    ['enforced-spend-limit', 'exhausted'],
    ['bad-key', 'bad-key'],
    ['no-permission', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['broken', 'unavailable'],
    ['too-long', 'rejected'],
    ['too-large', 'rejected'],
  ],
  gemini: [
    ['rate-limit', 'rate-limited', 27 * second],
    // Midnight in California comes eight hours after the one in Greenwich.
    ['day-used-up', 'exhausted', 8 * hour],
    ['model-not-in-tier', 'exhausted'],
    ['no-money', 'exhausted'],
    ['bad-key', 'bad-key'],
    ['no-permission', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['overloaded-in-a-list', 'unavailable'],
    ['too-long', 'rejected'],
  ],
  dashscope: [
    ['rate-limit', 'rate-limited'],
    ['tokens-per-minute', 'rate-limited'],
    ['growth-too-steep', 'rate-limited'],
    ['rate-limit-native', 'rate-limited'],
    ['tokens-per-minute-native', 'rate-limited'],
    ['no-money', 'exhausted'],
    ['free-tier-used-up', 'exhausted'],
    ['bad-key', 'bad-key'],
    ['bad-key-native', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['content-filter', 'rejected'],
    ['content-filter-native', 'rejected'],
    ['too-long', 'rejected'],
  ],
  zhipu: [
    ['rate-limit', 'rate-limited'],
    ['too-many-at-once', 'rate-limited'],
    ['no-money', 'exhausted'],
    ['account-locked', 'exhausted'],
    // It is 08:00 in Beijing.
    ['day-used-up', 'exhausted', 16 * hour],
    ['window-used-up', 'exhausted', 4.5 * hour],
    ['bad-key', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['model-overloaded', 'unavailable'],
    ['content-filter', 'rejected'],
    ['too-long', 'rejected'],
  ],
  ark: [
    ['rate-limit', 'rate-limited'],
    ['tokens-per-minute', 'rate-limited'],
    ['too-many-at-once', 'rate-limited'],
    ['growth-too-steep', 'rate-limited', 3 * second],
    ['no-money', 'exhausted'],
    ['service-overdue', 'exhausted'],
    ['free-quota-used-up', 'exhausted'],
    ['own-limit-reached', 'exhausted'],
    ['bad-key', 'bad-key'],
    ['model-not-opened', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['broken', 'unavailable'],
    ['content-filter', 'rejected'],
    ['too-long', 'rejected'],
  ],
  mistral: [
    ['rate-limit', 'rate-limited', second],
    ['no-money', 'exhausted'],
    ['bad-key', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['too-long', 'rejected'],
    ['wrong-request', 'rejected'],
  ],
  openrouter: [
    ['rate-limit', 'rate-limited', 30 * second],
    ['host-refuses', 'unavailable'],
    ['no-money', 'exhausted'],
    ['key-cap-reached', 'bad-key'],
    ['money-in-flight', 'rate-limited', 4 * second],
    ['bad-key', 'bad-key'],
    ['no-permission', 'bad-key'],
    ['overloaded', 'unavailable', 6 * second],
    ['model-down', 'unavailable'],
    ['content-filter', 'rejected'],
    ['too-long', 'rejected'],
  ],
  'openai-compatible': [
    ['rate-limit', 'rate-limited'],
    ['quota-and-when-to-come-back', 'rate-limited', 20 * second],
    ['quota-and-nothing-else', 'exhausted'],
    ['no-money', 'exhausted'],
    ['payment-required', 'exhausted'],
    ['bad-key', 'bad-key'],
    ['overloaded', 'unavailable'],
    ['too-long', 'rejected'],
    ['too-large', 'rejected'],
  ],
};

/** Who pays for an outcome: the one event that the pool emits. */
const blames: Partial<Record<OutcomeKind, string>> = {
  'rate-limited': 'group-cooling',
  exhausted: 'group-exhausted',
  'bad-key': 'key-quarantined',
  unavailable: 'endpoint-failing',
};

const rows = Object.entries(table).flatMap(([provider, situations]) =>
  situations.map(([situation, outcome, waitMs]) => ({ provider, situation, outcome, waitMs })),
);

describe('what an answer means, how long it asks to wait, and who is blamed', () => {
  test.each(rows)('$provider, $situation: $outcome', async ({ provider, situation, outcome, waitMs }) => {
    const { status, body, headers } = read(provider, situation);
    const { pool } = simulatedPool(
      { provider: providerCatalogue.get(provider)!, keys: keysOf('a', 'b', 'c', 'd', 'e') },
      createFakeClock(now),
    );
    const blamed = new Set<string>();
    for (const event of ['group-cooling', 'group-exhausted', 'key-quarantined', 'endpoint-failing'] as const)
      pool.on(event, () => blamed.add(event));
    // Five of them in a row: an endpoint is not given up for a single failure.
    for (let call = 0; call < 5; call += 1) {
      await pool.run(() => answer(status, body, headers), {
        retry: false,
        onAttempt: (attempt) => expect(attempt).toMatchObject({ keyId: 'abcde'[call], outcome }),
      });
    }
    if (outcome === 'unavailable' && waitMs !== undefined) blamed.delete('group-cooling');
    expect([...blamed]).toEqual(blames[outcome] === undefined ? [] : [blames[outcome]]);
    if (waitMs !== undefined) expect(pool.snapshot().quotaGroups[0]!.until! - now).toBe(waitMs);
    // No answer of a provider puts a secret into what the pool tells.
    expect(JSON.stringify(pool.snapshot())).not.toContain('secret-of');
  });
});

describe('the fixtures', () => {
  test('are all in the table', () => {
    for (const provider of providerCatalogue.keys()) {
      const situations = (table[provider] ?? []).map(([situation]) => situation);
      expect(fixturesOf(provider).sort(), provider).toEqual([...situations].sort());
    }
  });

  test('say where they are from and when', () => {
    for (const { provider, situation } of rows) {
      const { source, date, confirmed } = read(provider, situation);
      expect(source, `${provider} ${situation}`).toMatch(/^(written after|recorded from) ./);
      expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(typeof confirmed).toBe('boolean');
    }
  });

  test.each(Object.keys(table))('of %s cover what every provider can answer', (provider) => {
    const covered = new Set(table[provider]!.map(([, outcome]) => outcome));
    for (const outcome of ['rate-limited', 'bad-key', 'unavailable', 'rejected'] as const)
      expect(covered, outcome).toContain(outcome);
  });
});
