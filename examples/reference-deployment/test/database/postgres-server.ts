import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { PGlite } from '@electric-sql/pglite';

/**
 * Postgres that speaks its wire protocol on a port of 127.0.0.1, so that the driver for servers has a true counterpart.
 * One session serves all connections; messages go through whole.
 */
export async function startPostgresServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const postgres = await PGlite.create();
  const sockets = new Set<Socket>();
  let turn = Promise.resolve();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let unread = Buffer.alloc(0);
    let started = false;
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      for (;;) {
        // A start-up message has no type byte before its length.
        const length = started ? lengthAt(unread, 1) + 1 : lengthAt(unread, 0);
        if (unread.length < length) return;
        const message = new Uint8Array(unread.subarray(0, length));
        unread = unread.subarray(length);
        started = true;
        if (message[0] === 'X'.charCodeAt(0)) return;
        turn = turn.then(async () => {
          socket.write(await postgres.execProtocolRaw(message));
        });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `postgres://postgres:secret-in-url@127.0.0.1:${address.port}/postgres`,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await turn;
      await postgres.close();
    },
  };
}

const lengthAt = (bytes: Buffer, offset: number): number =>
  bytes.length < offset + 4 ? Number.POSITIVE_INFINITY : bytes.readUInt32BE(offset);
