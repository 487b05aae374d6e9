import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Registry } from 'prom-client';
import type { Detection } from '@riskwatch/kafka-adapter/messages';
import {
  hourFoldersWithin,
  isEvidenceName,
  isExpiredFolder,
} from '../../../roles/storage/evidence-folders.js';
import { takeEvidence } from '../../../roles/storage/evidence-intake.js';
import { EvidenceStore, EvidenceWriteError } from '../../../roles/storage/evidence-store.js';
import { createStorageMetrics } from '../../../roles/storage/storage-metrics.js';

const HOUR = 3_600_000;
const jpeg = Buffer.from('ffd8ffe000104a464946ffd9', 'hex');
const sha256 = createHash('sha256').update(jpeg).digest('hex');

let folder: string;
let now: number;
let store: EvidenceStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskwatch-evidence-'));
  now = Date.parse('2026-05-01T08:30:00Z');
  store = new EvidenceStore({ folder, keepMs: 72 * HOUR, now: () => now });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('folders', () => {
  it('are one per hour, newest first, as far back as anything is kept', () => {
    expect(hourFoldersWithin(Date.parse('2026-05-01T01:10:00Z'), 2 * HOUR)).toEqual([
      '2026-05-01T01',
      '2026-05-01T00',
      '2026-04-30T23',
    ]);
  });

  it('expire when the last picture in them does', () => {
    const end = Date.parse('2026-05-01T09:00:00Z') + 72 * HOUR;
    expect(isExpiredFolder('2026-05-01T08', end - 1, 72 * HOUR)).toBe(false);
    expect(isExpiredFolder('2026-05-01T08', end, 72 * HOUR)).toBe(true);
  });

  it.each(['..', 'lost+found', '2026-05-01', '2026-99-99T99'])('%s is not ours to remove', (name) =>
    expect(isExpiredFolder(name, Number.MAX_SAFE_INTEGER, 0)).toBe(false),
  );

  it.each(['../../etc/passwd', 'AB'.repeat(32), 'ab', `${'ab'.repeat(32)}.jpg`])(
    '%s is no name of a picture',
    (name) => expect(isEvidenceName(name)).toBe(false),
  );
});

describe('EvidenceStore', () => {
  it('keeps a picture once per hour, under its hash, whole and alone', async () => {
    expect(await store.keep(jpeg)).toEqual({ sha256, written: true });
    expect(await store.keep(jpeg)).toEqual({ sha256, written: false });
    expect(await readdir(join(folder, '2026-05-01T08'))).toEqual([`${sha256}.jpg`]);
    expect(await store.find(sha256)).toEqual({ jpeg, expiresInMs: 72 * HOUR });
  });

  it('has nothing after its time, swept or not, and sweeps no earlier', async () => {
    await store.keep(jpeg);
    now += 72 * HOUR - 1;
    expect(await store.find(sha256)).toBeDefined();
    expect(await store.sweep()).toBe(0);
    now += 1;
    expect(await store.find(sha256)).toBeUndefined();
    now += HOUR;
    expect(await store.sweep()).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps a picture that came again from the second time on', async () => {
    await store.keep(jpeg);
    now += 20 * 60_000;
    await store.keep(jpeg);
    now += 72 * HOUR - 1;
    expect(await store.find(sha256)).toBeDefined();
  });

  it('fails in a way that can be tried again when the disk refuses, and leaves no half file', async () => {
    const obstacle = join(folder, '2026-05-01T08');
    await writeFile(obstacle, 'no folder can be made here');
    await expect(store.keep(jpeg)).rejects.toBeInstanceOf(EvidenceWriteError);
    await rm(obstacle);
    expect(await store.keep(jpeg)).toEqual({ sha256, written: true });
    expect(await readdir(obstacle)).toEqual([`${sha256}.jpg`]);
  });
});

describe('an EvidenceStore on a full disk', () => {
  it('leaves the last 512 MiB alone, still serves, and goes on when there is space', async () => {
    let free = 2 ** 30;
    const careful = new EvidenceStore({
      folder,
      keepMs: 72 * HOUR,
      now: () => now,
      freeBytes: () => Promise.resolve(free),
    });
    await careful.keep(jpeg);
    free = 512 * 2 ** 20 - 1;
    const another = Buffer.concat([jpeg, Buffer.from([0])]);
    await expect(careful.keep(another)).rejects.toThrow(/almost full/);
    expect(await careful.find(sha256)).toBeDefined();
    expect(await careful.keep(jpeg)).toMatchObject({ written: false });
    free += 1;
    expect(await careful.keep(another)).toMatchObject({ written: true });
  });
});

describe('the picture of a detection', () => {
  const outcome = (image: Detection['image']) => {
    const metrics = createStorageMetrics(new Registry(), { freeEvidenceBytes: () => Promise.resolve(1) });
    return takeEvidence(store, metrics, { image } as Detection);
  };

  it('is kept when it is a JPEG inside the message', async () => {
    const image = { mediaType: 'image/jpeg', base64: jpeg.toString('base64') };
    expect(await outcome(image)).toBe('written');
    expect(await outcome(image)).toBe('known');
    expect((await store.find(sha256))?.jpeg).toEqual(jpeg);
  });

  it('stays where it is when the message only refers to it', async () => {
    expect(await outcome({ uri: 's3://crops/1.jpg', mediaType: 'image/jpeg', bytes: 12, sha256 })).toBe(
      'reference',
    );
  });

  it('is not kept when it is something else, whatever the message calls it', async () => {
    const html = Buffer.from('<script>alert(1)</script>').toString('base64');
    expect(await outcome({ mediaType: 'image/jpeg', base64: html })).toBe('not_jpeg');
    expect(await readdir(folder)).toEqual([]);
  });
});
