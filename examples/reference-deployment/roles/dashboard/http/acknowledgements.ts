import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PeerClient } from '../feeds/peer-client.js';
import { alertAnswer } from '../feeds/upstream.js';
import type { AlertView } from '../live/live-state.js';

const DEADLINE_MS = 5_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface AcknowledgementsOptions {
  readonly http: FastifyInstance;
  readonly alerts: PeerClient;
  /** The alerts role has changed an alert. */
  readonly onAlert: (alert: AlertView) => void;
}

/** Passes "seen" and "take it back" on to the alerts role. */
export function serveAcknowledgements({ http, alerts, onAlert }: AcknowledgementsOptions): void {
  const path = '/v1/alerts/:taskId/acknowledgement';
  const pass = async (
    method: 'POST' | 'DELETE',
    request: FastifyRequest<{ Params: { taskId: string } }>,
    reply: FastifyReply,
    json?: { by: string },
  ) => {
    const { taskId } = request.params;
    if (!uuid.test(taskId)) return reply.code(400).send({ error: 'not a task id' });
    if (!isOwnOrigin(request))
      return reply.code(403).send({ error: 'only the dashboard itself may do this' });
    try {
      const answer = await alerts.call(`/v1/alerts/${taskId}/acknowledgement`, {
        method,
        ...(json ? { json } : {}),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      if (answer.statusCode !== 200) {
        await answer.body.dump();
        const known = answer.statusCode === 404;
        return reply
          .code(known ? 404 : 502)
          .send({ error: known ? 'no such alert' : 'the alerts role refused' });
      }
      const alert = alertAnswer.parse(await answer.body.json());
      onAlert(alert);
      return reply.send(alert);
    } catch {
      return reply.code(502).send({ error: 'the alerts role does not answer' });
    }
  };

  http.post<{ Params: { taskId: string }; Body: { by: string } }>(
    path,
    {
      schema: {
        body: {
          type: 'object',
          required: ['by'],
          properties: { by: { type: 'string', minLength: 1, maxLength: 64 } },
        },
      },
    },
    (request, reply) => pass('POST', request, reply, { by: request.body.by }),
  );
  http.delete<{ Params: { taskId: string } }>(path, (request, reply) => pass('DELETE', request, reply));
}

/** A browser names the origin of the page that asks; a program that is no browser names none. */
function isOwnOrigin(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
