/** How a body ended. */
export interface BodyEnd {
  /** The text of a body that was watched; undefined otherwise. */
  readonly text?: string | undefined;
  /** Why it broke off. */
  readonly error?: unknown;
}

/** Tells when a response that nobody reads was thrown away, so that its lease does not stay open for ever. */
const abandoned = new FinalizationRegistry<() => void>((end) => end());

/** Bodies longer than this are passed on without being watched. */
const longestWatched = 4 * 1024 * 1024;

/**
 * The same response, whose `ended` is called once: when its body was read to the end, cancelled, broken off or
 * thrown away unread. With `watch` the text that passed by is handed over at the end.
 */
export function holdBody(response: Response, watch: boolean, ended: (end: BodyEnd) => void): Response {
  if (response.body === null) {
    ended({});
    return response;
  }
  let open = true;
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const seen: Uint8Array[] = [];
  let size = 0;
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
            end({ text: watch && size <= longestWatched ? decode(seen) : undefined });
            controller.close();
            return;
          }
          if (watch && (size += value.byteLength) <= longestWatched) seen.push(value);
          controller.enqueue(value);
        } catch (error) {
          end({ error });
          controller.error(error);
        }
      },
      async cancel(reason) {
        end({});
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const held = new Response(body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
  // What a constructed Response cannot carry by itself.
  Object.defineProperties(held, { url: { value: response.url }, redirected: { value: response.redirected } });
  abandoned.register(
    held,
    () => {
      end({});
      reader.cancel().catch(() => undefined);
    },
    token,
  );
  return held;
}

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
}
