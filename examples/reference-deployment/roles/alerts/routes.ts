import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { cleanText } from '../../role-process/clean-text.js';
import type { Alert } from './alert.js';
import type { AlertTable } from './alert-table.js';
import type { EventStream } from './event-stream.js';

const listQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) });
const alertPath = z.strictObject({ taskId: z.uuid() });
const acknowledgement = z.strictObject({
  by: z
    .string()
    .max(200)
    .transform((name) => cleanText(name, 64))
    .refine((name) => name !== '', 'must name somebody'),
});

export interface AlertRoutes {
  readonly table: Pick<AlertTable, 'newest' | 'acknowledge' | 'withdraw'>;
  readonly events: EventStream;
  /** An alert has changed. */
  readonly onChange: (alert: Alert) => void;
}

/** The alerts role's HTTP face. */
export function addAlertRoutes(http: FastifyInstance, { table, events, onChange }: AlertRoutes): void {
  http.get('/v1/alerts', async (request, reply) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return refuse(reply, 'invalid_query', query.error);
    return { alerts: await table.newest(query.data.limit) };
  });

  http.get('/v1/alerts/events', (request, reply) => {
    if (events.full) {
      return reply
        .code(503)
        .header('retry-after', '10')
        .send({ code: 'too_many_listeners', message: 'too many programs listen already' });
    }
    reply.hijack();
    request.raw.socket.setNoDelay(true);
    events.join(reply.raw);
    return reply;
  });

  http.post('/v1/alerts/:taskId/acknowledgement', async (request, reply) => {
    const path = alertPath.safeParse(request.params);
    if (!path.success) return refuse(reply, 'invalid_task_id', path.error);
    const body = acknowledgement.safeParse(request.body);
    if (!body.success) return refuse(reply, 'invalid_body', body.error);
    return answer(reply, await table.acknowledge(path.data.taskId, body.data.by));
  });

  http.delete('/v1/alerts/:taskId/acknowledgement', async (request, reply) => {
    const path = alertPath.safeParse(request.params);
    if (!path.success) return refuse(reply, 'invalid_task_id', path.error);
    return answer(reply, await table.withdraw(path.data.taskId));
  });

  function answer(reply: FastifyReply, alert: Alert | undefined): unknown {
    if (!alert)
      return reply.code(404).send({ code: 'no_such_alert', message: 'there is no alert of that task' });
    onChange(alert);
    return alert;
  }
}

const refuse = (reply: FastifyReply, code: string, error: z.ZodError) =>
  reply.code(400).send({ code, message: z.prettifyError(error) });
