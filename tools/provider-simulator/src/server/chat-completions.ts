import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SimulatedKey } from '../accounts/accounts.js';
import { readChatRequest, type ChatRequest } from '../answers/chat-request.js';
import { completionBody, completionEvents, type Answer } from '../answers/completion.js';
import { ApiError, modelNotFound, overloaded, rateLimited, serverError } from '../answers/errors.js';
import type { FaultKind } from '../answers/faults.js';
import { think } from '../answers/model.js';
import { reservedCost } from '../answers/usage.js';
import type { AccountLimits } from '../limits/account-limits.js';
import { rateLimitHeaders } from '../limits/headers.js';
import type { Cost } from '../limits/meter.js';
import { lognormalMs } from '../random.js';
import { authorize, refuse } from './authorize.js';
import { sleep } from './sleep.js';
import type { SimulatorState } from './state.js';

/** A call inside its limits. `limits` are those it was admitted under, which may be replaced meanwhile. */
interface Call {
  readonly key: SimulatedKey;
  readonly limits: AccountLimits;
  readonly request: ChatRequest;
  readonly reserved: Cost;
  readonly fault: FaultKind | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly delayMs: number;
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

/** Share of the delay before the first streamed byte; the rest is spent on the text. */
const FIRST_BYTE_SHARE = 0.55;
const SLOW_FACTOR = 10;

/** `POST /v1/chat/completions`: authorize, read, admit, look, wait, answer. */
export function chatCompletions(server: FastifyInstance, state: SimulatorState): void {
  server.post('/v1/chat/completions', async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const call = admit(state, request, gone.signal);
    const { key } = call;
    key.stats.accepted += 1;
    key.stats.inFlight += 1;
    key.stats.maxInFlight = Math.max(key.stats.maxInFlight, key.stats.inFlight);
    let answer: Answer | undefined;
    let sound = false;
    try {
      reply.headers(call.headers);
      answer = await produce(state, call);
      sound = await deliver(state, call, answer, reply);
    } finally {
      call.limits.settle(call.reserved, answer?.cost ?? call.reserved, state.now());
      key.stats.inFlight -= 1;
      key.stats[sound ? 'succeeded' : 'failed'] += 1;
    }
    return reply;
  });
}

function admit(state: SimulatorState, incoming: FastifyRequest, signal: AbortSignal): Call {
  const startedAt = state.now();
  const key = authorize(state, incoming.headers.authorization);
  let request: ChatRequest;
  try {
    request = readChatRequest(incoming.body);
    if (!state.models.includes(request.model)) throw modelNotFound(request.model);
  } catch (error) {
    throw error instanceof ApiError ? refuse(key, 'bad_request', error) : error;
  }
  const { limits } = key.account;
  const reserved = reservedCost(request);
  const refusal = limits.admit(reserved, startedAt);
  const headers = state.rateLimitHeaders ? rateLimitHeaders(limits, startedAt) : {};
  if (refusal) {
    const error = rateLimited(refusal);
    throw refuse(
      key,
      'rate_limited',
      new ApiError(error.status, error.type, error.code, error.message, { ...headers, ...error.headers }),
    );
  }
  const fault = state.faults.draw(key);
  const delayMs = lognormalMs(state.delay, state.random) * (fault === 'slow' ? SLOW_FACTOR : 1);
  return { key, limits, request, reserved, fault, headers, delayMs, startedAt, signal };
}

/** The model's answer, not before its first byte is due. */
async function produce(state: SimulatorState, call: Call): Promise<Answer> {
  if (call.fault === 'server-error') throw serverError();
  if (call.fault === 'overloaded') throw overloaded();
  if (call.fault === 'rate-limit') {
    throw new ApiError(429, 'requests', 'rate_limit_exceeded', 'Too many requests.');
  }
  const answer = await think(call.request, call.fault, {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(call.startedAt / 1_000),
  });
  const share = call.request.stream ? FIRST_BYTE_SHARE : 1;
  await sleep(call.startedAt + call.delayMs * share - state.now(), call.signal);
  return answer;
}

/** Sends the answer; true when the caller got all of it and it was sound. */
async function deliver(
  state: SimulatorState,
  call: Call,
  answer: Answer,
  reply: FastifyReply,
): Promise<boolean> {
  if (call.signal.aborted) return false;
  if (call.fault === 'reset') {
    reply.hijack();
    reply.raw.destroy();
    return false;
  }
  const events = call.request.stream ? completionEvents(call.request, answer) : undefined;
  const body = events?.join('') ?? JSON.stringify(completionBody(call.request, answer));
  const type = events ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8';
  if (call.fault === 'cut-body' || call.fault === 'stall') {
    reply.hijack();
    reply.raw.writeHead(200, {
      ...call.headers,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    });
    await new Promise<void>((written) => reply.raw.write(body.slice(0, body.length / 2), () => written()));
    if (call.fault === 'cut-body') reply.raw.destroy();
    else await sleep(2 ** 31 - 1, call.signal);
    return false;
  }
  if (events) return stream(state, call, events, reply);
  const broken = call.fault === 'invalid-body';
  await reply.type(type).send(broken ? `<html>${body}` : body);
  return !broken && isSound(call.fault);
}

async function stream(
  state: SimulatorState,
  call: Call,
  events: readonly string[],
  reply: FastifyReply,
): Promise<boolean> {
  reply.hijack();
  reply.raw.writeHead(200, { ...call.headers, 'content-type': 'text/event-stream; charset=utf-8' });
  const begun = state.now();
  const left = Math.max(0, call.startedAt + call.delayMs - begun);
  for (const [index, event] of events.entries()) {
    if (!(await sleep(begun + (left * index) / events.length - state.now(), call.signal))) return false;
    reply.raw.write(call.fault === 'invalid-body' ? `data: {${event}` : event);
  }
  reply.raw.end();
  return isSound(call.fault);
}

const isSound = (fault: FaultKind | undefined) => fault === undefined || fault === 'slow';
