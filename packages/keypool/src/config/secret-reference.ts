import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Where `env:` references are looked up. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The file that a `file:` reference names, relative to the keys file; undefined for other secrets. */
export function secretFile(secret: string, keysFile: string): string | undefined {
  return secret.startsWith('file:') ? resolve(dirname(keysFile), secret.slice('file:'.length)) : undefined;
}

/**
 * The secret itself: `env:NAME` from the environment, `file:PATH` from a file (white space around it is taken
 * off), anything else is the plain text.
 *
 * @throws Error that names the reference, never a value.
 */
export async function resolveSecret(
  secret: string,
  keysFile: string,
  environment: Environment,
): Promise<string> {
  if (secret.startsWith('env:')) {
    const name = secret.slice('env:'.length);
    const value = environment[name]?.trim();
    if (!value) throw new Error(`the environment variable ${name} is not set or empty`);
    return value;
  }
  const file = secretFile(secret, keysFile);
  if (file === undefined) return secret;
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new Error(
      `the file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  }
  if (text === '') throw new Error(`the file ${file} is empty`);
  return text;
}
