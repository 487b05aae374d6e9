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
import { dirname, join, relative } from 'node:path';
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

/** What the compiler says about snippets, each a module of its own beside the examples. */
function complaintsAbout(all: { name: string; code: string }[]): string[] {
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
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    if (!file || start === undefined) return text;
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    return `${files.get(file.fileName)?.name ?? relative(root, file.fileName)} + ${line}: ${text}`;
  });
}
