import { sameAnswer } from './same-answer.js';

/** The beginning of an answer, and the answer as if it had not been looked at. */
export interface Peeked {
  readonly text: string;
  /** The text is all there is. */
  readonly isWhole: boolean;
  readonly response: Response;
}

/**
 * Reads the beginning of an answer's body: until `enough` is satisfied by the text so far, the body ends, or
 * `mostBytes` have come. Rejects when the body breaks off before that.
 */
export async function peek(
  response: Response,
  mostBytes: number,
  enough: (text: string) => boolean,
): Promise<Peeked> {
  const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  const ahead: Uint8Array[] = [];
  let text = '';
  let size = 0;
  let isWhole = false;
  while (size < mostBytes && !enough(text)) {
    const { done, value } = await reader.read();
    if (done) {
      isWhole = true;
      break;
    }
    ahead.push(value);
    size += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = ahead.shift() ?? (isWhole ? undefined : (await reader.read()).value);
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { text, isWhole, response: sameAnswer(response, body) };
}
