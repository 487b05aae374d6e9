import { createHash } from 'node:crypto';
import type { ImageReference } from '@riskwatch/kafka-adapter/messages';
import { BodyTooLargeError, readAtMost } from '../read-at-most.js';
import { ImageRejectedError } from './image-rejected-error.js';
import { timeoutSignal } from '../../../role-process/timeout-signal.js';

const FETCH_TIMEOUT_MS = 5_000;

/**
 * Fetches pictures that came by reference. A task's reference is untrusted: it is followed only when it lies below
 * one of the addresses that the deployment allows, redirects are refused, and the bytes must have the announced
 * size and hash. Without such an address no reference is followed at all.
 */
export class ImageStore {
  readonly #allowed: readonly URL[];

  constructor(baseUrls: readonly string[]) {
    this.#allowed = baseUrls.map((url) => new URL(url));
  }

  /** @throws {ImageRejectedError} where it is not allowed or not what was announced; other errors can pass */
  async fetch(reference: ImageReference, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
    const url = this.#permit(reference.uri);
    if (reference.bytes > maxBytes) {
      throw new ImageRejectedError(`${reference.bytes} bytes are announced, at most ${maxBytes} are allowed`);
    }
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.any([signal, timeoutSignal(FETCH_TIMEOUT_MS)]),
    });
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      throw new ImageRejectedError(`the image store has no such picture (${response.status})`);
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the image store answered ${response.status}`);
    }
    const bytes = await readAnnounced(response, reference.bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (bytes.byteLength !== reference.bytes || sha256 !== reference.sha256) {
      throw new ImageRejectedError('the stored picture is not the one that was announced');
    }
    return bytes;
  }

  #permit(uri: string): URL {
    const url = URL.canParse(uri) ? new URL(uri) : undefined;
    const allowed = this.#allowed.some(
      (base) => url?.origin === base.origin && url.pathname.startsWith(base.pathname),
    );
    if (!url || !allowed || url.username || url.password) {
      throw new ImageRejectedError('the reference lies outside the image stores of this deployment');
    }
    return url;
  }
}

async function readAnnounced(response: Response, bytes: number): Promise<Buffer> {
  try {
    return await readAtMost(response, bytes);
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    throw new ImageRejectedError(`the stored picture is larger than the announced ${bytes} bytes`);
  }
}
