import type { Dispatcher } from 'undici';
import { credentialHeaders } from '../pooled-request.js';

type Given = Dispatcher.DispatchOptions['headers'];
type Value = string | string[];

/**
 * The caller's headers with a key's credential in the place of their own. `rewritten` says that the body is
 * another one, whose length is not known any more.
 */
export function withCredential(
  given: Given,
  credential: Readonly<Record<string, string>>,
  rewritten: boolean,
): Record<string, Value> {
  const off = new Set([...credentialHeaders, ...Object.keys(credential).map((name) => name.toLowerCase())]);
  if (rewritten) off.add('content-length');
  const headers: Record<string, Value> = {};
  for (const [name, value] of pairsOf(given)) {
    if (off.has(name.toLowerCase()) || value === undefined) continue;
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return { ...headers, ...credential };
}

/** undici takes headers as an object, as pairs, or as names and values in turn. */
function* pairsOf(given: Given): Generator<[string, Value | undefined]> {
  if (given === undefined || given === null) return;
  if (Array.isArray(given)) {
    for (let index = 0; index < given.length; index += 2) yield [given[index]!, given[index + 1]];
  } else if (Symbol.iterator in given) yield* given as Iterable<[string, Value | undefined]>;
  else yield* Object.entries(given) as [string, Value | undefined][];
}
