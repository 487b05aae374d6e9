import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { PinnedFile } from '../../src/pinned-file.js';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'riskwatch-assets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const pinnedAs = (name: string, content: string | Buffer): PinnedFile => ({
  name,
  bytes: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
});

export async function script(folder: string, name: string, lines: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
}

interface Entry {
  name: string;
  content: string | Buffer;
  type?: string;
}

/** A gzipped tar; names over 100 bytes are written the pax way. */
export function tarGz(entries: Entry[], { ended = true } = {}): Buffer {
  const blocks = entries.flatMap((entry) => {
    if (Buffer.byteLength(entry.name) <= 100) return entryBlocks(entry);
    const record = ` path=${entry.name}\n`;
    let length = record.length + 2;
    while (`${length}${record}`.length !== length) length += 1;
    return [
      ...entryBlocks({ name: 'pax', content: `${length}${record}`, type: 'x' }),
      ...entryBlocks({ ...entry, name: entry.name.slice(0, 100) }),
    ];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(ended ? 1024 : 0)]));
}

function entryBlocks({ name, content, type = '0' }: Entry): Buffer[] {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(body.length.toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
