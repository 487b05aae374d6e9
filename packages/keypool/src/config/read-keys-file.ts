import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { YAMLParseError, parse } from 'yaml';
import { KeyPoolError } from '../errors.js';
import type { QuotaGroupConfig } from '../keys/quota-group-config.js';
import type { Limit } from '../limits/limit.js';
import type { PoolConfig } from '../options.js';
import { resolveConfig } from '../options.js';
import { providerCatalogue } from '../providers/catalogue.js';
import type { ProviderProfile } from '../providers/provider-profile.js';
import { strategyCatalogue } from '../strategies/catalogue.js';
import { SchemaError, parsePools, type PoolBlock } from './schema.js';
import { resolveSecret, secretFile, type Environment } from './secret-reference.js';

/** One pool as a keys file describes it, with its secrets. */
export interface PoolDescription {
  readonly provider: ProviderProfile;
  readonly config: PoolConfig;
}

export interface KeysFileContents {
  readonly pools: ReadonlyMap<string, PoolDescription>;
  /** The files that `file:` secrets were read from. */
  readonly secretFiles: readonly string[];
  /** Stands for everything above: equal when nothing has changed. */
  readonly fingerprint: string;
}

/**
 * Reads and checks a whole keys file, secrets included.
 *
 * @throws KeyPoolError `invalid_options` that says in which file, where in it, and what is wrong.
 */
export async function readKeysFile(path: string, environment: Environment): Promise<KeysFileContents> {
  const fail = (what: string): never => {
    throw new KeyPoolError('invalid_options', `${basename(path)}: ${what}`);
  };
  let text = '';
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    fail(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  let blocks = new Map<string, PoolBlock>();
  try {
    // Pretty messages quote the line, and lines hold secrets.
    blocks = parsePools(parse(text, { prettyErrors: false, logLevel: 'error' }));
  } catch (error) {
    if (error instanceof SchemaError) fail(error.message);
    fail(syntaxError(error, text));
  }
  const pools = new Map<string, PoolDescription>();
  const secretFiles = new Set<string>();
  for (const [name, block] of blocks) {
    const provider = providerCatalogue.get(block.provider)!;
    const keys = await Promise.all(
      block.keys.map(async (key) => {
        const file = secretFile(key.secret, path);
        if (file !== undefined) secretFiles.add(file);
        try {
          return { ...key, secret: await resolveSecret(key.secret, path, environment) };
        } catch (error) {
          return fail(`secret of key "${key.id}": ${(error as Error).message}`);
        }
      }),
    );
    const config: PoolConfig = {
      ...block,
      keys,
      limits: block.limits as Limit[],
      quotaGroups: block.quotaGroups.map((group) => ({ limits: block.limits, ...group }) as QuotaGroupConfig),
      strategy: strategyCatalogue.get(block.strategy),
    };
    try {
      resolveConfig(config, provider);
    } catch (error) {
      fail(`${blocks.size > 1 ? `pool "${name}": ` : ''}${(error as Error).message}`);
    }
    pools.set(name, { provider, config });
  }
  const fingerprint = JSON.stringify(
    [...pools].map(([name, pool]) => [name, pool.provider.name, pool.config, pool.config.strategy?.name]),
  );
  return { pools, secretFiles: [...secretFiles], fingerprint };
}

/** Where the text is no YAML, without a word of the text. */
function syntaxError(error: unknown, text: string): string {
  if (!(error instanceof YAMLParseError)) return 'is no valid YAML or JSON';
  const before = text.slice(0, error.pos[0]).split('\n');
  return `is no valid YAML or JSON at line ${before.length}, column ${before.at(-1)!.length + 1} (${error.code})`;
}
