/** The same answer around another body. */
export function sameAnswer(response: Response, body: ReadableStream<Uint8Array> | null): Response {
  const same = new Response(body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
  // What a constructed Response cannot carry by itself.
  Object.defineProperties(same, { url: { value: response.url }, redirected: { value: response.redirected } });
  return same;
}
