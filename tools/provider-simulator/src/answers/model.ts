import { fillSchema } from '../verdict/fill-schema.js';
import { readPicture, UnreadablePictureError, type Picture } from '../verdict/picture.js';
import { judge } from '../verdict/verdict.js';
import type { ChatRequest } from './chat-request.js';
import type { Answer } from './completion.js';
import { badRequest } from './errors.js';
import type { FaultKind } from './faults.js';
import { actualCost } from './usage.js';

const REFUSAL = 'I cannot help with describing this picture.';

/**
 * What the simulated model answers, with the fault that hits this call, if any.
 * @throws {ApiError} 400 where a picture does not decode
 */
export async function think(
  request: ChatRequest,
  fault: FaultKind | undefined,
  call: { id: string; created: number },
): Promise<Answer> {
  const pictures = await Promise.all(request.images.map(look));
  const said = spoil(say(request, pictures[0]), fault);
  return { ...call, ...said, cost: actualCost(request, pictures, said.content ?? said.refusal ?? '') };
}

async function look(image: Buffer): Promise<Picture> {
  try {
    return await readPicture(image);
  } catch (cause) {
    if (!(cause instanceof UnreadablePictureError)) throw cause;
    throw badRequest(
      'The image data you provided does not represent a valid image. Supported are JPEG, PNG and WebP.',
      'image_parse_error',
    );
  }
}

function say(request: ChatRequest, picture: Picture | undefined): string {
  if (!picture) return request.schema ? '{}' : 'There is no picture in your message.';
  const verdict = judge(picture, {
    language: request.language,
    ...(request.peopleCount !== undefined && { peopleCount: request.peopleCount }),
  });
  return request.schema ? JSON.stringify(fillSchema(request.schema, verdict)) : verdict.description;
}

type Said = Pick<Answer, 'content' | 'refusal' | 'finishReason'>;

function spoil(content: string, fault: FaultKind | undefined): Said {
  const said = (text: string | null): Said => ({ content: text, refusal: null, finishReason: 'stop' });
  switch (fault) {
    case 'refusal':
      return { content: null, refusal: REFUSAL, finishReason: 'stop' };
    case 'content-filter':
      return { content: null, refusal: null, finishReason: 'content_filter' };
    case 'length':
      return { content: content.slice(0, content.length / 2), refusal: null, finishReason: 'length' };
    case 'empty':
      return said('');
    case 'prose':
      return said('The picture shows a quiet scene, I would say there is hardly any risk.');
    case 'markdown-fence':
      return said(`Here is the assessment:\n\n\`\`\`json\n${content}\n\`\`\`\n`);
    case 'wrong-enum':
      return said(content.replace(/"(none|low|medium|high|critical)"/, '"catastrophic"'));
    case 'missing-field':
      return said(content.replace(/^\{"[^"]+":(?:"[^"]*"|\[[^\]]*\]|[^,{}[\]]+),/, '{'));
    default:
      return said(content);
  }
}
