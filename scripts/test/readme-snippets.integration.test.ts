import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExampleProvider } from '../lib/example-provider.mjs';
import { asModules, fencedBlocks } from '../lib/snippets.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'README.md'));
const snippets = ['README.md', ...packages]
  .filter((file) => existsSync(join(root, file)))
  .flatMap((file) =>
    asModules(fencedBlocks(readFileSync(join(root, file), 'utf8'))).map((snippet) => ({
      ...snippet,
      name: `${file}:${snippet.line}`,
    })),
  );

describe('the TypeScript in the READMEs', () => {
  it('is there', () => {
    expect(snippets.length).toBeGreaterThan(0);
  });

  it('type-checks as a reader would write it', () => {
    expect(complaintsAbout(snippets)).toEqual([]);
  }, 60_000);
});

describe('examples marked "run"', () => {
  let folder: string;
  beforeAll(() => {
    // Inside the workspace, where the packages' published names resolve.
    mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
    folder = mkdtempSync(join(root, 'node_modules', '.cache', 'snippets-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(snippets.filter(({ isRun }) => isRun))(
    '$name runs against the provider simulator',
    async ({ code }) => {
      const provider = await startExampleProvider(code);
      try {
        const file = join(folder, 'snippet.mjs');
        writeFileSync(file, provider.javascript('esm'));
        await promisify(execFile)(process.execPath, [file], { timeout: 30_000, env: provider.env });
      } finally {
        await provider.simulator.stop();
      }
    },
  );
});

interface Snippet {
  readonly name: string;
  readonly code: string;
}

/** "Cannot find name", with and without a guess, and a shorthand property without a value. */
const FREE_NAME = new Set([2304, 2552, 18004]);

/**
 * What the compiler says about snippets. A name in lower case that a fragment uses and does not make is its reader's
 * own (`url`, `pool`, `log`) and may be anything; one of an API (`KeyPool`) must be imported.
 */
function complaintsAbout(all: readonly Snippet[]): string[] {
  const readersOwn = new Map<string, Set<string>>();
  for (const { snippet, code, text } of diagnose(all)) {
    const name = /name '([a-z]\w*)'|property '([a-z]\w*)'/.exec(text);
    if (!snippet || !FREE_NAME.has(code) || !name) continue;
    const names = readersOwn.get(snippet) ?? new Set();
    readersOwn.set(snippet, names.add(name[1] ?? name[2] ?? ''));
  }
  const declared = all.map(({ name, code }) => {
    const names = [...(readersOwn.get(name) ?? [])];
    return { name, code: code + names.map((own) => `\ndeclare const ${own}: any;`).join('') };
  });
  return diagnose(declared).map(({ snippet, line, text }) => `${snippet} + ${line}: ${text}`);
}

/** Compiles snippets in memory, each a module of its own beside the examples. */
function diagnose(all: readonly Snippet[]) {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.convertCompilerOptionsFromJson(
    (config.config as { compilerOptions: object }).compilerOptions,
    root,
  );
  // An example shows what it shows; what its reader does with the result is not part of it.
  Object.assign(options, { noUnusedLocals: false, noUnusedParameters: false });
  const files = new Map(
    all.map(({ name, code }, index) => [
      join(root, 'examples', `snippet-${index}.mts`),
      { name, code: `${code}\nexport {};\n` },
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.code ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const snippet = files.get(path);
    return snippet
      ? ts.createSourceFile(path, snippet.code, language)
      : getSourceFile(path, language, ...rest);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText, code }) => ({
    snippet: files.get(file?.fileName ?? '')?.name ?? file?.fileName,
    line: file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0,
    text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    code,
  }));
}
