import { z } from 'zod';
import type { AnswerSchema } from '../verdict/fill-schema.js';
import type { Language } from '../verdict/phrases.js';
import { badRequest } from './errors.js';

const part = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);

const chatSchema = z.object({
  model: z.string().min(1),
  messages: z
    .array(z.object({ role: z.string(), content: z.union([z.string(), z.array(part)]).nullable() }))
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  response_format: z
    .object({ type: z.string(), json_schema: z.object({ schema: z.unknown() }).loose().optional() })
    .nullish(),
});

/** What matters of a chat completion request. */
export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly text: string;
  readonly images: readonly Buffer[];
  readonly maxTokens: number;
  readonly schema?: AnswerSchema;
  readonly language: Language;
  readonly peopleCount?: number;
}

const DEFAULT_MAX_TOKENS = 1_024;

/** @throws {ApiError} 400 where the body is not a chat completion request */
export function readChatRequest(body: unknown): ChatRequest {
  const parsed = chatSchema.safeParse(body);
  if (!parsed.success) throw badRequest(z.prettifyError(parsed.error));
  const request = parsed.data;
  const texts: string[] = [];
  const images: Buffer[] = [];
  for (const { content } of request.messages) {
    if (typeof content === 'string') texts.push(content);
    else
      for (const piece of content ?? []) {
        if (piece.type === 'text') texts.push(piece.text);
        else images.push(decodeDataUrl(piece.image_url.url));
      }
  }
  const text = texts.join('\n');
  const people = /"peopleCount"\s*:\s*(\d{1,4})/.exec(text)?.[1];
  return {
    model: request.model,
    stream: request.stream ?? false,
    includeUsage: request.stream_options?.include_usage ?? false,
    text,
    images,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_MAX_TOKENS,
    ...(request.response_format?.json_schema && {
      schema: request.response_format.json_schema.schema as AnswerSchema,
    }),
    language: /\bzh\b|chinese|中文/i.test(text) ? 'zh' : 'en',
    ...(people !== undefined && { peopleCount: Number(people) }),
  };
}

function decodeDataUrl(url: string): Buffer {
  const comma = url.indexOf(',');
  if (!url.startsWith('data:image/') || !url.slice(0, comma).endsWith(';base64')) {
    throw badRequest('Images must be base64 data URLs; nothing is downloaded.', 'invalid_image_url');
  }
  return Buffer.from(url.slice(comma + 1), 'base64');
}
