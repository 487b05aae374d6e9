import { spawn } from 'node:child_process';
import { DetectorError } from '../errors.js';
import type { RgbImage } from '../frame.js';
import { readPpm } from './ppm.js';

const PROBE_DEADLINE_MS = 30_000;

export interface DecodeOptions {
  readonly ffmpeg: string;
  readonly sampleMs: number;
  readonly offsetSeconds: number;
  readonly maxWidth: number;
  readonly signal: AbortSignal;
}

/**
 * Decodes a video file once, one picture for each `sampleMs` of it. ffmpeg picks them itself and sleeps in its full
 * pipe until the next one is asked for: it has no pace of its own, needs no processor while nobody reads, and ends
 * with its reader, even one that was killed.
 * @throws {DetectorError} `dependency_missing` where ffmpeg cannot be started, `source_failed` with its last words.
 */
export async function* decodeVideo(
  file: string,
  { ffmpeg, sampleMs, offsetSeconds, maxWidth, signal }: DecodeOptions,
): AsyncGenerator<RgbImage, void, undefined> {
  const period = sampleMs / 1_000;
  // The first frame at or after each multiple of the period; ld(0) holds the next one. No drift, no catching up.
  const pick = `select='if(gte(t,ld(0)),st(0,(floor(t/${period})+1)*${period}),0)'`;
  const child = spawn(
    ffmpeg,
    [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1'],
      // Only files: a playlist given as a video must not make us open addresses.
      ...['-protocol_whitelist', 'file,pipe'],
      ...(offsetSeconds > 0 ? ['-ss', String(offsetSeconds)] : []),
      ...['-i', `file:${file}`, '-an', '-sn', '-dn'],
      ...['-vf', `${pick},scale='min(iw,${maxWidth})':-2`, '-vsync', '0'],
      ...['-f', 'image2pipe', '-c:v', 'ppm', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true },
  );
  let complaint = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2_000)));
  const ended = new Promise<number | string | Error>((done) => {
    child.once('error', done);
    child.once('close', (code, killedBy) => done(code ?? killedBy ?? 'unknown'));
  });
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    signal.throwIfAborted();
    yield* readPpm(child.stdout);
    const end = await ended;
    if (end instanceof Error) {
      const message = `${ffmpeg} does not start: ${end.message}. Install ffmpeg or name one with the option ffmpeg.`;
      throw new DetectorError('dependency_missing', message, { cause: end });
    }
    if (end !== 0) {
      const words = complaint.trim().split('\n').at(-1) || `ffmpeg ended with ${end}`;
      throw new DetectorError('source_failed', `${file}: ${words}`);
    }
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    await ended;
  }
}

/**
 * How long a video is, in seconds; `undefined` where the file does not say or cannot be read.
 * @throws the signal's reason when it aborts.
 */
export async function videoDuration(
  file: string,
  { ffmpeg = 'ffmpeg', signal }: { readonly ffmpeg?: string; readonly signal?: AbortSignal } = {},
): Promise<number | undefined> {
  signal?.throwIfAborted();
  const child = spawn(
    ffmpeg,
    ['-nostdin', '-hide_banner', '-protocol_whitelist', 'file,pipe', '-i', `file:${file}`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PROBE_DEADLINE_MS,
      killSignal: 'SIGKILL',
      windowsHide: true,
    },
  );
  const kill = () => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(0, 65_536)));
  await new Promise<void>((done) => child.once('error', () => done()).once('close', () => done()));
  signal?.removeEventListener('abort', kill);
  signal?.throwIfAborted();
  const found = /Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(text);
  return found ? Number(found[1]) * 3_600 + Number(found[2]) * 60 + Number(found[3]) : undefined;
}
