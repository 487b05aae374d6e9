import { describe, expect, test } from 'vitest';
import { COOLDOWN, Recovery } from '../../src/outcome/recovery.js';
import { keysOf, simulatedPool } from '../support/simulated-pool.js';

/** Chance that never strays from the middle: waits come out at their nominal length. */
const even = () => 0.5;

describe('something that is shut', () => {
  test('stays shut twice as long after each failed probe, up to a bound', () => {
    const recovery = new Recovery(even);
    let now = 0;
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      if (round > 0) expect(recovery.enter()).toBe(true);
      recovery.shut(COOLDOWN, now, now);
      recovery.probeEnded();
      waits.push(recovery.until - now);
      now = recovery.until;
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('spreads its waits by a fifth to both sides', () => {
    const [least, most] = [0, 1].map((chance) => {
      const recovery = new Recovery(() => chance);
      recovery.shut(COOLDOWN, 0, 0);
      return Math.round(recovery.until);
    });
    expect([least, most]).toEqual([800, 1_200]);
  });

  test('keeps the later of two deadlines', () => {
    const recovery = new Recovery(even);
    recovery.shut(COOLDOWN, 0, 0, 30_000);
    recovery.shut(COOLDOWN, 0, 10, 5_000);
    expect(recovery.until).toBe(30_000);
    recovery.shut(COOLDOWN, 0, 20, 60_000);
    expect(recovery.until).toBe(60_020);
  });

  test('counts failures of calls that were under way together once', () => {
    const recovery = new Recovery(even);
    for (const answeredAt of [100, 110, 120]) recovery.shut(COOLDOWN, 50, answeredAt);
    expect(recovery.until).toBe(1_120);
  });

  test('is opened by its probe only, not by a success that was under way before', () => {
    const recovery = new Recovery(even);
    recovery.shut(COOLDOWN, 50, 100);
    expect(recovery.succeeded(60)).toBe(false);
    expect(recovery.freeAt(200)).toBe(1_100);
    recovery.enter();
    expect(recovery.freeAt(1_100)).toBe(Infinity);
    expect(recovery.succeeded(1_100)).toBe(true);
    expect(recovery.freeAt(1_200)).toBe(1_200);
  });
});

describe('in a pool', () => {
  test('a cooled group is probed by one call, and each change is told once', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a'), limits: [{ concurrent: 9 }] });
    const events: string[] = [];
    pool.on('group-cooling', ({ quotaGroup, reason, until }) => {
      events.push(`${quotaGroup} cooling for ${until! - clock.now()}: ${reason}`);
    });
    pool.on('group-ready', ({ quotaGroup }) => events.push(`${quotaGroup} ready`));
    const together = [pool.tryAcquire()!, pool.tryAcquire()!];
    for (const lease of together)
      lease.settle(new Response('{}', { status: 429, headers: { 'retry-after': '5' } }));
    expect(events).toEqual(['a cooling for 5000: 429']);
    await clock.advance(5_000);
    const probe = pool.tryAcquire()!;
    expect(pool.tryAcquire()).toBeUndefined();
    probe.settle({ kind: 'aborted' });
    const second = pool.tryAcquire()!;
    expect(second).toBeDefined();
    second.settle();
    expect(events).toEqual(['a cooling for 5000: 429', 'a ready']);
  });

  test('a quarantined key is probed after a while, and a success restores it', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a') });
    const events: string[] = [];
    pool.on('key-quarantined', ({ keyId }) => events.push(`${keyId} quarantined`));
    pool.on('key-restored', ({ keyId }) => events.push(`${keyId} restored`));
    pool.tryAcquire()!.settle({ kind: 'bad-key', reason: '401' });
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'no_usable_key' });
    await clock.advance(400_000);
    const probe = pool.tryAcquire()!;
    expect(pool.tryAcquire()).toBeUndefined();
    probe.settle({ kind: 'bad-key', reason: '401' });
    await clock.advance(400_000);
    expect(pool.tryAcquire()).toBeUndefined();
    await clock.advance(400_000);
    pool.tryAcquire()!.settle();
    expect(pool.tryAcquire()).toBeDefined();
    expect(events).toEqual(['a quarantined', 'a restored']);
  });

  test('a group without money is left for long and makes nobody wait', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a') });
    pool.tryAcquire()!.settle({ kind: 'exhausted', reason: '402' });
    expect(pool.snapshot().quotaGroups[0]).toMatchObject({ state: 'exhausted', reason: '402' });
    await expect(pool.acquire()).rejects.toMatchObject({
      code: 'no_usable_key',
      message: expect.stringContaining('out of money'),
    });
    await clock.advance(400_000);
    pool.tryAcquire()!.settle();
    expect(pool.snapshot().quotaGroups[0]).toMatchObject({ state: 'ready' });
  });

  test('a group whose day is used up is waited for, since its end is known', async () => {
    const { pool, clock } = simulatedPool({ keys: keysOf('a') });
    pool.tryAcquire()!.settle({ kind: 'exhausted', reason: 'daily', until: clock.now() + 7_200_000 });
    const waiting = pool.acquire();
    await clock.advance(7_200_000);
    (await waiting).settle();
    expect(pool.snapshot().quotaGroups[0]).toMatchObject({ state: 'ready' });
  });
});
