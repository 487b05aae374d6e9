import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import ts from 'typescript';
import { readFileSync } from 'node:fs';

it('fires through a combined signal after the garbage collector has run', () => {
  const source = readFileSync(
    fileURLToPath(new URL('../../role-process/timeout-signal.ts', import.meta.url)),
    'utf8',
  );
  const program = `${ts.transpile(source, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 })}
    const other = new AbortController();
    const combine = () => AbortSignal.any([other.signal, timeoutSignal(60)]);
    const combined = combine();
    for (let round = 0; round < 4; round += 1) {
      globalThis.gc();
      await new Promise((done) => setTimeout(done, 5));
    }
    await new Promise((done) => setTimeout(done, 120));
    console.log(combined.aborted);`;
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(output.trim()).toBe('true');
});
