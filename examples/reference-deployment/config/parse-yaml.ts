import { YAMLParseError, parse } from 'yaml';

/**
 * Reads YAML (or JSON, which is YAML too).
 * @throws {SyntaxError} that names line and column. The parser's own message quotes the line, which may hold a secret.
 */
export function parseYaml(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new SyntaxError(`not valid YAML ${placeOf(error.pos[0], text)} (${error.code})`);
  }
}

function placeOf(offset: number, text: string): string {
  const before = text.slice(0, offset).split('\n');
  return `at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
