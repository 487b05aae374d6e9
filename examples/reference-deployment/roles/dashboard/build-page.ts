import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Puts the page together: its script and its style as one file each, beside `index.html`. `sourceDir` is `page/`. */
export async function buildPage(sourceDir: string, outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: [join(sourceDir, 'app.ts'), join(sourceDir, 'app.css')],
    outdir: outDir,
    bundle: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox113', 'safari16.2'],
    minify: true,
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'favicon.svg']) await copyFile(join(sourceDir, file), join(outDir, file));
}
