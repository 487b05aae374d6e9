import sharp from 'sharp';

/** A JPEG of one colour as a data URL. */
export async function jpeg(colour: string, size = 64): Promise<string> {
  const bytes = await sharp({ create: { width: size, height: size, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
  return `data:image/jpeg;base64,${bytes.toString('base64')}`;
}

export const schema = {
  type: 'object',
  properties: {
    observations: { type: 'array', items: { type: 'string' } },
    hazards: { type: 'array', items: { type: 'string', enum: ['fire', 'fall', 'crowd'] } },
    risk_level: { type: 'string', enum: ['none', 'low', 'medium', 'high', 'critical'] },
    confidence: { type: 'number' },
    description: { type: 'string' },
  },
};

export const question = (url?: string, text = 'Judge the picture.') => ({
  model: 'simulated-vision',
  max_tokens: 100,
  messages: [
    {
      role: 'user',
      content: [{ type: 'text', text }, ...(url ? [{ type: 'image_url', image_url: { url } }] : [])],
    },
  ],
  response_format: { type: 'json_schema', json_schema: { name: 'risk', schema } },
});

/** One call, as a program without any SDK makes it. */
export async function ask(
  baseUrl: string,
  secret: string,
  body: object = question(),
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

export const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string | null } }).error.code;

export interface Completion {
  choices: { message: { content: string | null; refusal: string | null }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

export async function contentOf(response: Response): Promise<string> {
  return ((await response.json()) as Completion).choices[0]?.message.content ?? '';
}
