import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the command line says; absent where it says nothing. Paths are absolute. */
export interface LauncherOptions {
  readonly help: boolean;
  readonly cameras?: number;
  readonly sources: readonly string[];
  readonly sampleSeconds?: number;
  readonly model?: string;
  readonly modelSpec?: string;
  readonly keys: number;
  readonly rpm: number;
  readonly burst: number;
  readonly strategy?: string;
  readonly keysFile?: string;
  readonly dispatch?: 'http' | 'topic';
  readonly config?: string;
  readonly dataDir?: string;
  /** Seconds from ready. */
  readonly duration?: number;
  readonly report?: string;
  readonly open: boolean;
}

/** A mistake on the command line; the message names the option, the rule and what was given. */
export class UsageError extends Error {
  readonly code = 'usage';
  override readonly name = 'UsageError';
}

const flags = {
  help: { type: 'boolean', short: 'h' },
  cameras: { type: 'string' },
  source: { type: 'string', multiple: true },
  'sample-seconds': { type: 'string' },
  model: { type: 'string' },
  'model-spec': { type: 'string' },
  keys: { type: 'string' },
  rpm: { type: 'string' },
  burst: { type: 'string' },
  strategy: { type: 'string' },
  'keys-file': { type: 'string' },
  dispatch: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
  duration: { type: 'string' },
  report: { type: 'string' },
  'no-open': { type: 'boolean' },
} as const;

/** Every option's name, as `help.txt` describes them. */
export const optionNames: readonly string[] = Object.keys(flags);

/**
 * Reads the launcher's arguments; relative paths start at `cwd`.
 * @throws {UsageError} for an unknown option, a value outside its range, a file that is not there.
 */
export function parseOptions(args: readonly string[], cwd: string): LauncherOptions {
  const { values, sources } = readArguments(args);
  const whole = (name: 'cameras' | 'keys' | 'rpm' | 'burst', most: number) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new UsageError(`--${name} ${text}: must be a whole number from 1 to ${most}`);
  };
  const seconds = (name: 'sample-seconds' | 'duration', least: number) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value >= least && value <= 31_536_000) return value;
    throw new UsageError(`--${name} ${text}: must be a number of seconds, at least ${least}`);
  };
  const existing = (name: string, path: string) => {
    const absolute = resolve(cwd, path);
    if (existsSync(absolute)) return absolute;
    throw new UsageError(`--${name} ${path}: there is no such file`);
  };
  const file = (name: 'model' | 'model-spec' | 'keys-file' | 'config') =>
    values[name] === undefined ? undefined : existing(name, values[name]);
  const cleaned = {
    help: values.help ?? false,
    cameras: whole('cameras', 1_000),
    sources: sources.map((source) => existing('source', source)),
    sampleSeconds: seconds('sample-seconds', 0.1),
    model: file('model'),
    modelSpec: file('model-spec'),
    keys: whole('keys', 10_000) ?? 8,
    rpm: whole('rpm', 1_000_000) ?? 300,
    burst: whole('burst', 1_000_000) ?? 5,
    strategy: values.strategy,
    keysFile: file('keys-file'),
    dispatch: dispatchOf(values.dispatch),
    config: file('config'),
    dataDir: values['data-dir'] === undefined ? undefined : resolve(cwd, values['data-dir']),
    duration: seconds('duration', 1),
    report: values.report === undefined ? undefined : resolve(cwd, values.report),
    open: !values['no-open'],
  };
  if ((cleaned.model === undefined) !== (cleaned.modelSpec === undefined)) {
    throw new UsageError('--model and --model-spec belong together: nothing about a model is guessed');
  }
  if (cleaned.keysFile !== undefined) {
    const given = (['keys', 'rpm', 'burst', 'strategy'] as const).find((name) => values[name] !== undefined);
    if (given) {
      throw new UsageError(`--${given} is for the provider simulator; with --keys-file that file says it`);
    }
  }
  return withoutAbsent(cleaned);
}

function readArguments(args: readonly string[]) {
  const parsed = (() => {
    try {
      return parseArgs({ args: [...args], options: flags, allowPositionals: true, tokens: true });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  })();
  // `--source a b` names two sources: what stands directly behind a source is one more.
  const sources: string[] = [];
  let inSources = false;
  for (const token of parsed.tokens) {
    if (token.kind === 'option') {
      inSources = token.name === 'source';
      if (inSources && token.value !== undefined) sources.push(token.value);
    } else if (token.kind === 'positional') {
      if (!inSources) throw new UsageError(`${token.value}: no option stands before it`);
      sources.push(token.value);
    }
  }
  return { values: parsed.values, sources };
}

function dispatchOf(text: string | undefined): 'http' | 'topic' | undefined {
  if (text === undefined || text === 'http' || text === 'topic') return text;
  throw new UsageError(`--dispatch ${text}: must be http or topic`);
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

function withoutAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<T>;
}
