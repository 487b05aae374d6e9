import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureFfmpeg } from '../src/ffmpeg.js';
import { script, temporaryFolder } from './support/files.js';

const posix = test.skipIf(process.platform === 'win32');

posix('the named one comes first, then the system, then the package', async () => {
  const folder = await temporaryFolder();
  await script(folder, 'mine', 'echo "ffmpeg version mine"');
  await script(folder, 'ffmpeg', 'echo "ffmpeg version system"');
  const named = { RISKWATCH_FFMPEG: join(folder, 'mine'), PATH: folder };
  expect(await ensureFfmpeg({ env: named })).toEqual({
    path: join(folder, 'mine'),
    origin: 'RISKWATCH_FFMPEG',
    version: 'ffmpeg version mine',
  });
  expect(await ensureFfmpeg({ env: { PATH: folder } })).toMatchObject({ path: 'ffmpeg', origin: 'system' });
  expect(await ensureFfmpeg({ env: { PATH: join(folder, 'empty') } })).toMatchObject({ origin: 'package' });
});

posix('a named one that is no ffmpeg is an error, not a reason to take another', async () => {
  const folder = await temporaryFolder();
  await script(folder, 'other', 'echo "something else"');
  await expect(ensureFfmpeg({ env: { RISKWATCH_FFMPEG: join(folder, 'other') } })).rejects.toMatchObject({
    code: 'ffmpeg_missing',
    message: expect.stringContaining('other') as string,
  });
});
