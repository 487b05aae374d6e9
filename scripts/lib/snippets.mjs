/** @typedef {{ language: string, isRun: boolean, code: string, line: number }} Snippet */

/**
 * The fenced blocks of a Markdown text. The words after the language say how a snippet is checked: `run` executes
 * it, anything else (or nothing) type-checks it.
 * @param {string} markdown
 * @returns {Snippet[]}
 */
export function fencedBlocks(markdown) {
  /** @type {Snippet[]} */
  const blocks = [];
  /** @type {{ fence: string, language: string, isRun: boolean, line: number, lines: string[] } | undefined} */
  let open;
  for (const [index, text] of markdown.split('\n').entries()) {
    if (open) {
      if (text.trim() === open.fence) {
        blocks.push({ ...open, code: `${open.lines.join('\n')}\n` });
        open = undefined;
      } else open.lines.push(text);
      continue;
    }
    const start = /^\s*(`{3,})\s*(\w+)?(.*)$/.exec(text);
    if (!start) continue;
    const [, fence = '', language = '', words = ''] = start;
    open = { fence, language, isRun: words.split(/\s+/).includes('run'), line: index + 1, lines: [] };
  }
  return blocks.map(({ language, isRun, code, line }) => ({ language, isRun, code, line }));
}

/**
 * An example as a reader would run it, but against the provider simulator: its addresses, the model that it names
 * and the keys that it reads from the environment.
 * @param {string} code
 * @param {string} baseUrl the simulator's, ending in `/v1`
 * @returns {{ code: string, models: string[], variables: string[] }}
 */
export function pointAt(code, baseUrl) {
  return {
    code: code.replace(/https:\/\/[\w.-]+(:\d+)?(\/[\w./-]*)?\/v1\b/g, baseUrl),
    models: [...code.matchAll(/\bmodel: '([^']+)'/g)].map(([, model]) => model ?? ''),
    variables: [...code.matchAll(/process\.env(?:\.(\w+)|\['(\w+)'\])/g)].map(([, a, b]) => a ?? b ?? ''),
  };
}

/**
 * The TypeScript snippets of one page as modules of their own: a snippet with imports begins anew, one without goes
 * on from the ones before it, in a scope of its own.
 * @param {Snippet[]} blocks
 * @returns {Snippet[]}
 */
export function asModules(blocks) {
  /** @type {string[]} */
  let chain = [];
  return blocks
    .filter(({ language }) => language === 'ts')
    .map((snippet) => {
      chain = /^import /m.test(snippet.code) ? [snippet.code] : [...chain, snippet.code];
      return { ...snippet, code: chain.join('{\n') + '}\n'.repeat(chain.length - 1) };
    });
}
