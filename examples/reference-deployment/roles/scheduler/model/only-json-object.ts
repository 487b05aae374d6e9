/**
 * The one JSON object that a text holds: the text itself, or what is left of it without a code fence or words
 * around. Undefined where there is none, or more than one: which of them is meant is not ours to guess.
 */
export function onlyJsonObject(text: string): object | undefined {
  const whole = parseObject(text.trim());
  if (whole) return whole;
  const start = text.indexOf('{');
  if (start < 0) return undefined;
  const end = endOfObject(text, start);
  if (end === undefined || text.indexOf('{', end) >= 0) return undefined;
  return parseObject(text.slice(start, end));
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The index behind the brace that closes the one at `start`; braces inside strings do not count. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && (depth -= 1) === 0) return at + 1;
  }
  return undefined;
}
