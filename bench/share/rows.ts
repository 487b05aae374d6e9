import type { KeyConfig, Limit, QuotaGroupConfig } from '@riskwatch/keypool';
import type { AccountOptions, Fault, Rule } from '../judge/judge-options.js';

/** So many starts in so long: what the limiters of the rivals are told about one key. */
export interface StartsPerWindow {
  readonly starts: number;
  readonly windowMs: number;
}

/** One situation: what the provider does, what its clients are told, and who calls. */
export interface Row {
  readonly name: string;
  readonly says: string;
  readonly accounts: readonly AccountOptions[];
  readonly faults: readonly Fault[];
  readonly answerMs: number;
  readonly callers: number;
  readonly seconds: number;
  /** Every caller makes its next call when the last one has ended, or all call at once every so often. */
  readonly everyMs?: number;
  readonly keys: readonly KeyConfig[];
  readonly quotaGroups: readonly QuotaGroupConfig[];
  readonly limits: readonly Limit[];
  readonly told: Readonly<Record<string, StartsPerWindow>>;
  /** What a perfect client gets in so many seconds. */
  most(seconds: number): number;
}

const names = Array.from({ length: 8 }, (_, index) => `key-${index + 1}`);
const keys = names.map((name) => ({ id: name, secret: name }));
const eachAlone = (rule: Rule) => names.map((name) => ({ keys: [name], rules: [rule] }));
const toldEach = (told: StartsPerWindow) => Object.fromEntries(names.map((name) => [name, told]));

const bucket: Rule = { kind: 'bucket', perMinute: 300, burst: 5 };

const a: Row = {
  name: 'a',
  says: '8 keys of 300 a minute, bucket of 5 told',
  accounts: eachAlone(bucket),
  faults: [],
  answerMs: 200,
  callers: 32,
  seconds: 60,
  keys,
  quotaGroups: [],
  limits: [{ requests: 300, perSeconds: 60, burst: 5 }],
  told: toldEach({ starts: 5, windowMs: 1_000 }),
  most: (seconds) => 8 * (5 * seconds + 5),
};

const b: Row = {
  ...a,
  name: 'b',
  says: '8 keys of 600 a minute, slow model, bucket of 5 told',
  accounts: eachAlone({ kind: 'bucket', perMinute: 600, burst: 5 }),
  answerMs: 800,
  callers: 128,
  limits: [{ requests: 600, perSeconds: 60, burst: 5 }],
  told: toldEach({ starts: 5, windowMs: 500 }),
  most: (seconds) => 8 * (10 * seconds + 5),
};

const c: Row = {
  ...a,
  name: 'c',
  says: 'as a, told only "300 a minute"',
  limits: [{ requests: 300, perSeconds: 60 }],
  told: toldEach({ starts: 300, windowMs: 60_000 }),
};

const rounds = { callers: 40, everyMs: 10_000, most: (seconds: number) => 40 * Math.ceil(seconds / 10) };

const inWindows = (name: string, says: string, rule: Rule, limit: Limit, told: StartsPerWindow): Row => ({
  ...a,
  name,
  says,
  accounts: eachAlone(rule),
  limits: [limit],
  told: toldEach(told),
  seconds: 120,
  most: (seconds) => 8 * 5 * seconds,
});

const accounts = [
  { id: 'large', keys: names.slice(0, 4), perMinute: 1_200 },
  { id: 'middle', keys: names.slice(4, 7), perMinute: 600 },
  { id: 'small', keys: names.slice(7), perMinute: 150 },
];
const groupOf = (name: string) => accounts.find((account) => account.keys.includes(name))!;

const all: readonly Row[] = [
  a,
  b,
  c,
  { ...a, ...rounds, name: 'rounds-told', says: 'as a, 40 calls at once every 10 s' },
  { ...c, ...rounds, name: 'rounds-untold', says: 'as c, 40 calls at once every 10 s' },
  inWindows(
    'd-sliding',
    '300 in any 60 s, told',
    { kind: 'sliding', amount: 300, windowMs: 60_000 },
    { requests: 300, perSeconds: 60, counting: 'sliding' },
    { starts: 300, windowMs: 60_000 },
  ),
  inWindows(
    'd-fixed',
    '300 in fixed minutes, told',
    { kind: 'fixed', amount: 300, windowMs: 60_000 },
    { requests: 300, perSeconds: 60, counting: 'fixed' },
    { starts: 300, windowMs: 60_000 },
  ),
  inWindows(
    'd-seconds',
    '5 in each second, told',
    { kind: 'fixed', amount: 5, windowMs: 1_000 },
    { requests: 5, perSeconds: 1, counting: 'fixed' },
    { starts: 5, windowMs: 1_000 },
  ),
  {
    ...a,
    name: 'e',
    says: '8 keys in 3 accounts of 1200, 600 and 150 a minute, buckets of 5',
    accounts: accounts.map((account) => ({
      keys: account.keys,
      rules: [{ kind: 'bucket', perMinute: account.perMinute, burst: 5 }],
    })),
    keys: keys.map((key) => ({ ...key, quotaGroup: groupOf(key.id).id })),
    quotaGroups: accounts.map(({ id, perMinute }) => ({
      id,
      limits: [{ requests: perMinute, perSeconds: 60, burst: 5 }],
    })),
    // A limiter per key can only be told its key's part of the account.
    told: Object.fromEntries(
      names.map((name) => {
        const account = groupOf(name);
        return [name, { starts: 1, windowMs: (60_000 * account.keys.length) / account.perMinute }];
      }),
    ),
    most: (seconds) => accounts.reduce((sum, { perMinute }) => sum + (perMinute / 60) * seconds + 5, 0),
  },
  {
    ...a,
    name: 'h',
    says: 'as a; from second 20 one key answers 401 and one 503',
    faults: [
      { key: 'key-1', fromMs: 20_000, status: 401 },
      { key: 'key-2', fromMs: 20_000, status: 503 },
    ],
    most: (seconds) => 8 * (5 * seconds + 5) - 2 * 5 * Math.max(0, seconds - 20),
  },
];

/** Every row, by name. */
export const rows: ReadonlyMap<string, Row> = new Map(all.map((row) => [row.name, row]));
