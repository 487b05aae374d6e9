import type { Cost } from '../limits/meter.js';
import type { Picture } from '../verdict/picture.js';
import type { ChatRequest } from './chat-request.js';

const CHARACTERS_PER_TOKEN = 4;
const TILE = 512;
const TOKENS_PER_TILE = 170;
const TOKENS_PER_IMAGE = 85;

/** About as many tokens as a text has for the usual tokenizers. */
export const textTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

/** Tokens of one picture by the published tile rule of this API family: a base plus so many per 512-pixel tile. */
export const imageTokens = ({ width, height }: Pick<Picture, 'width' | 'height'>): number =>
  TOKENS_PER_IMAGE + TOKENS_PER_TILE * Math.ceil(width / TILE) * Math.ceil(height / TILE);

/** What admission reserves: the size of a picture is not known before it is decoded, so one tile stands for it. */
export function reservedCost(request: ChatRequest): Cost {
  const images = request.images.length;
  const inputTokens = textTokens(request.text) + images * (TOKENS_PER_IMAGE + TOKENS_PER_TILE);
  return {
    requests: 1,
    inputTokens,
    outputTokens: request.maxTokens,
    tokens: inputTokens + request.maxTokens,
    images,
  };
}

/** What the call came to. */
export function actualCost(request: ChatRequest, pictures: readonly Picture[], answer: string): Cost {
  const inputTokens =
    textTokens(request.text) + pictures.reduce((sum, picture) => sum + imageTokens(picture), 0);
  const outputTokens = textTokens(answer);
  return {
    requests: 1,
    inputTokens,
    outputTokens,
    tokens: inputTokens + outputTokens,
    images: pictures.length,
  };
}

export const usageOf = (cost: Cost) => ({
  prompt_tokens: cost.inputTokens,
  completion_tokens: cost.outputTokens,
  total_tokens: cost.tokens,
});
