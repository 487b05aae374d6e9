import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const files = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/app.js', file: 'app.js', type: 'text/javascript; charset=utf-8' },
  { path: '/app.css', file: 'app.css', type: 'text/css; charset=utf-8' },
  { path: '/favicon.svg', file: 'favicon.svg', type: 'image/svg+xml' },
] as const;

/** The page runs its own script and talks to its own server; nothing else, not even inline. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Serves the page from memory and puts the security headers on every answer. */
export async function servePage(
  http: FastifyInstance,
  options: { pageDir: string; listenHost: string },
): Promise<void> {
  http.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    // A name that somebody else points at this machine must not read what only this machine may see.
    if (loopback.has(options.listenHost) && !isLocalName(request.hostname))
      return reply.code(421).send({ error: 'this dashboard listens on loopback only; open it as localhost' });
  });
  for (const { path, file, type } of files) {
    const body = await readFile(join(options.pageDir, file));
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    http.get(path, (request, reply) => {
      reply.headers({ etag, 'cache-control': 'no-cache' });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}

function isLocalName(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}
