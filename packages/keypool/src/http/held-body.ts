import { sameAnswer } from './same-answer.js';

/** How a body ended. */
export interface BodyEnd {
  /** It was read to its end. */
  readonly isWhole: boolean;
  /** Why it broke off. */
  readonly error?: unknown;
}

/** Tells when a response that nobody reads was thrown away, so that its lease does not stay open for ever. */
const abandoned = new FinalizationRegistry<() => void>((end) => end());

/**
 * The same response, whose `ended` is called once: when its body was read to the end, cancelled, broken off or
 * thrown away unread. `see` is shown what passes by.
 */
export function holdBody(
  response: Response,
  ended: (end: BodyEnd) => void,
  see?: (chunk: Uint8Array) => void,
): Response {
  if (response.body === null) {
    ended({ isWhole: true });
    return response;
  }
  let open = true;
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const end = (how: BodyEnd) => {
    if (!open) return;
    open = false;
    abandoned.unregister(token);
    ended(how);
  };
  const token = {};
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            end({ isWhole: true });
            controller.close();
            return;
          }
          see?.(value);
          controller.enqueue(value);
        } catch (error) {
          end({ isWhole: false, error });
          controller.error(error);
        }
      },
      async cancel(reason) {
        end({ isWhole: false });
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const held = sameAnswer(response, body);
  abandoned.register(
    held,
    () => {
      end({ isWhole: false });
      reader.cancel().catch(() => undefined);
    },
    token,
  );
  return held;
}
