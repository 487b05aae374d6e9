import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface AdminTokenOptions {
  /** Absent: nobody may, since nobody could be told from anybody. */
  readonly token: string | undefined;
  readonly now: () => number;
}

const FAILURES_ALLOWED = 10;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 1_000;

/**
 * Lets requests with the admin token pass. Comparing takes as long whatever is sent; an address that sent ten wrong
 * tokens is not listened to until a minute after the first of them.
 */
export class AdminToken {
  readonly #digest: Buffer | undefined;
  readonly #now: () => number;
  readonly #failures = new Map<string, { count: number; since: number }>();

  constructor({ token, now }: AdminTokenOptions) {
    this.#digest = token === undefined ? undefined : digest(token);
    this.#now = now;
  }

  /** A fastify `onRequest` hook. */
  readonly check = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!this.#digest) {
      return deny(reply, 403, 'admin_disabled', 'this deployment has no scheduler.adminToken');
    }
    const waitMs = this.#waitMs(request.ip);
    if (waitMs > 0) {
      void reply.header('retry-after', String(Math.ceil(waitMs / 1_000)));
      return deny(reply, 429, 'too_many_failures', 'too many wrong tokens from this address');
    }
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), this.#digest)) return;
    this.#failed(request.ip);
    return deny(reply, 401, 'unauthorized', 'send the admin token as a Bearer authorization');
  };

  #waitMs(address: string): number {
    const failures = this.#failures.get(address);
    if (!failures) return 0;
    const left = failures.since + WINDOW_MS - this.#now();
    if (left <= 0) this.#failures.delete(address);
    return left > 0 && failures.count >= FAILURES_ALLOWED ? left : 0;
  }

  #failed(address: string): void {
    const failures = this.#failures.get(address);
    if (failures) {
      failures.count += 1;
      return;
    }
    const oldest = this.#failures.keys().next();
    if (this.#failures.size >= MAX_ADDRESSES && !oldest.done) this.#failures.delete(oldest.value);
    this.#failures.set(address, { count: 1, since: this.#now() });
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

async function deny(reply: FastifyReply, status: number, code: string, message: string): Promise<void> {
  await reply.code(status).send({ code, message });
}
