import type { Cost } from '../limits/meter.js';
import type { ChatRequest } from './chat-request.js';
import { usageOf } from './usage.js';

/** What the model says, and how it came to an end. */
export interface Answer {
  readonly id: string;
  readonly created: number;
  readonly content: string | null;
  readonly refusal: string | null;
  readonly finishReason: 'stop' | 'length' | 'content_filter';
  readonly cost: Cost;
}

/** The whole answer as one body. */
export const completionBody = (request: ChatRequest, answer: Answer) => ({
  id: answer.id,
  object: 'chat.completion',
  created: answer.created,
  model: request.model,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: answer.content, refusal: answer.refusal },
      logprobs: null,
      finish_reason: answer.finishReason,
    },
  ],
  usage: usageOf(answer.cost),
});

const PIECE = 24;

/** The same answer as server-sent events: the role, the text in pieces, the end, the usage when asked for. */
export function completionEvents(request: ChatRequest, answer: Answer): string[] {
  const event = (choices: object[], usage?: object) =>
    `data: ${JSON.stringify({
      id: answer.id,
      object: 'chat.completion.chunk',
      created: answer.created,
      model: request.model,
      choices,
      ...(request.includeUsage && { usage: usage ?? null }),
    })}\n\n`;
  const delta = (piece: object, finish_reason: string | null = null) =>
    event([{ index: 0, delta: piece, logprobs: null, finish_reason }]);

  const events = [delta({ role: 'assistant', content: '' })];
  const field = answer.refusal === null ? 'content' : 'refusal';
  const text = answer.refusal ?? answer.content ?? '';
  for (let at = 0; at < text.length; at += PIECE) events.push(delta({ [field]: text.slice(at, at + PIECE) }));
  events.push(delta({}, answer.finishReason));
  if (request.includeUsage) events.push(event([], usageOf(answer.cost)));
  events.push('data: [DONE]\n\n');
  return events;
}
