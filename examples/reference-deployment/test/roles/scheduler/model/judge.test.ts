import { KeyPool, KeyPoolError } from '@riskwatch/keypool';
import {
  startProviderSimulator,
  type FaultKind,
  type ProviderSimulator,
} from '@riskwatch/provider-simulator';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ImageStore } from '../../../../roles/scheduler/image/image-store.js';
import { AnswerContract } from '../../../../roles/scheduler/model/answer.js';
import { Judge } from '../../../../roles/scheduler/model/judge.js';
import { ModelCall } from '../../../../roles/scheduler/model/model-call.js';
import { responseFormat, systemPrompt } from '../../../../roles/scheduler/model/prompt.js';
import { failureOf } from '../../../../roles/scheduler/tasks/failure.js';
import { Journal } from '../../../../roles/scheduler/tasks/journal.js';
import { jpeg, policy, task } from '../support.js';

/** The judge with the real pool against the provider simulator. */
let simulator: ProviderSimulator;
let pool: KeyPool;
beforeAll(async () => {
  simulator = await startProviderSimulator({
    delay: { p50Ms: 0, p95Ms: 0 },
    quotaGroups: [1, 2, 3].map((n) => ({ id: `g${n}`, keys: [{ id: `k${n}`, secret: `sk-canary-${n}` }] })),
  });
  pool = new KeyPool({
    baseUrl: simulator.baseUrl,
    model: 'simulated-vision',
    limits: [{ concurrent: 10 }],
    keys: [1, 2, 3].map((n) => ({ id: `k${n}`, secret: `sk-canary-${n}`, quotaGroup: `g${n}` })),
  });
});
afterEach(() => simulator.control.clearFaults());
afterAll(async () => {
  await pool.close();
  await simulator.stop();
});

function judge(callTimeoutMs = 5_000): Judge {
  const contract = new AnswerContract(policy);
  const call = new ModelCall({
    pool,
    parameters: { ...policy.parameters, response_format: responseFormat(contract) },
    callTimeoutMs,
    fetch,
    now: Date.now,
  });
  return new Judge({
    call,
    contract,
    system: systemPrompt(policy),
    store: new ImageStore([]),
    now: Date.now,
  });
}

async function judged(changes: object = {}, callTimeoutMs?: number) {
  const journal = new Journal();
  const signal = new AbortController().signal;
  try {
    const { verdict, model } = await judge(callTimeoutMs).judge(await task(changes), journal, signal);
    return { journal, verdict, model };
  } catch (error) {
    return { journal, error, failure: failureOf(error) };
  }
}

const outcomes = (journal: Journal) => journal.attempts.map((attempt) => attempt.outcome);

describe('a picture', () => {
  test('gets its verdict, with what it took', async () => {
    const { verdict, model, journal } = await judged();
    expect(verdict).toMatchObject({
      description: expect.stringMatching(/people/i) as string,
      textInScene: false,
    });
    expect(model).toBe('simulated-vision');
    expect(outcomes(journal)).toEqual(['ok']);
    expect(journal.usage?.inputTokens).toBeGreaterThan(255);
    expect(journal.evidence).toEqual({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      mediaType: 'image/jpeg',
    });
    expect(journal.timings()).toMatchObject({ admittedAt: expect.any(String) as string });
  });

  test('that shows flames is critical', async () => {
    const image = { mediaType: 'image/jpeg', base64: (await jpeg('#ff8010')).toString('base64') };
    expect((await judged({ image })).verdict).toMatchObject({ riskLevel: 'critical', hazards: ['fire'] });
  });

  test('that is none costs no call', async () => {
    const image = { mediaType: 'image/jpeg', base64: Buffer.from('nothing to see').toString('base64') };
    const { failure, journal } = await judged({ image });
    expect(failure?.code).toBe('image_rejected');
    expect(journal.attempts).toEqual([]);
  });

  test('whose header is sound and whose body is not is refused by the provider', async () => {
    const whole = await jpeg('#123456', 900);
    const image = { mediaType: 'image/jpeg', base64: whole.subarray(0, whole.length / 2).toString('base64') };
    const { failure, journal } = await judged({ image });
    expect(failure).toMatchObject({ code: 'image_rejected', retryable: false });
    expect(outcomes(journal)).toEqual(['rejected']);
  });
});

describe('an answer that does not fit', () => {
  test('but is only wrapped is used as it is', async () => {
    simulator.control.addFault({ kind: 'markdown-fence' });
    const { verdict, journal } = await judged();
    expect(verdict).toBeDefined();
    expect(outcomes(journal)).toEqual(['ok']);
  });

  test.each<FaultKind>(['prose', 'wrong-enum', 'missing-field', 'empty', 'length'])(
    'is asked for once more: %s',
    async (kind) => {
      simulator.control.addFault({ kind });
      const { verdict, journal } = await judged();
      expect(verdict).toBeDefined();
      expect(outcomes(journal)).toEqual(['ok', 'ok']);
    },
  );

  test('twice ends the task, without a level', async () => {
    simulator.control.addFault({ kind: 'prose', count: 2 });
    const { failure, journal } = await judged();
    expect(failure).toMatchObject({ code: 'invalid_output' });
    expect(journal.attempts).toHaveLength(2);
  });

  test('and cannot be asked for again ends the task just so', async () => {
    simulator.control.addFault({ kind: 'prose' });
    simulator.control.addFault({ kind: 'overloaded', count: 3 });
    expect((await judged()).failure?.code).toBe('invalid_output');
  });

  test.each<FaultKind>(['refusal', 'content-filter'])(
    'because the model declined is final: %s',
    async (kind) => {
      simulator.control.addFault({ kind });
      const { failure, journal } = await judged();
      expect(failure).toMatchObject({ code: 'refused', retryable: false });
      expect(journal.attempts).toHaveLength(1);
    },
  );
});

describe('a call that fails', () => {
  test.each<FaultKind>(['server-error', 'overloaded', 'reset', 'cut-body', 'invalid-body'])(
    'is made again elsewhere: %s',
    async (kind) => {
      simulator.control.addFault({ kind });
      const { verdict, journal } = await judged();
      expect(verdict).toBeDefined();
      expect(outcomes(journal)).toEqual(['unavailable', 'ok']);
    },
  );

  test('by silence is given up in time', async () => {
    simulator.control.addFault({ kind: 'stall' });
    const { verdict, journal } = await judged({}, 1_000);
    expect(verdict).toBeDefined();
    expect(outcomes(journal)).toEqual(['unavailable', 'ok']);
  });

  test('until the deadline ends as too late', async () => {
    simulator.control.addFault({ kind: 'stall' });
    const { failure, journal } = await judged({ deadline: new Date(Date.now() + 1_500).toISOString() });
    expect(failure?.code).toBe('deadline_exceeded');
    expect(outcomes(journal)).toEqual(['aborted']);
  });

  test('with a revoked key goes on with another, and the key is left alone', async () => {
    simulator.control.revoke('k2');
    try {
      for (let n = 0; n < 6; n += 1) expect((await judged()).verdict).toBeDefined();
      expect(pool.snapshot().keys.find((key) => key.id === 'k2')?.state).toBe('quarantined');
      expect(simulator.stats().keys.find((key) => key.id === 'k2')?.refused.invalid_api_key).toBe(1);
    } finally {
      simulator.control.restore('k2');
      pool.keys.enable('k2');
    }
  });

  test('because nobody may pay ends as no usable key', async () => {
    const groups = ['g1', 'g2', 'g3'];
    for (const group of groups) simulator.control.setQuotaGroupState(group, 'exhausted');
    try {
      const { failure, error } = await judged({ deadline: new Date(Date.now() + 2_000).toISOString() });
      expect(KeyPoolError.is(error)).toBe(true);
      expect(failure?.code).toBe('no_usable_key');
    } finally {
      for (const group of groups) simulator.control.setQuotaGroupState(group, 'active');
    }
  });
});
