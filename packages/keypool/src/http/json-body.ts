/** The `model` of a JSON request body, when there is one. */
export function modelOf(body: unknown): string | undefined {
  if (typeof body !== 'string' || !body.includes('"model"')) return undefined;
  const model = parse(body)?.['model'];
  return typeof model === 'string' ? model : undefined;
}

/** The same body with another model; anything but a JSON object is left as it is. */
export function withModel<B>(body: B, model: string): B | string {
  if (typeof body !== 'string') return body;
  const fields = parse(body);
  return fields === undefined || !('model' in fields) ? body : JSON.stringify({ ...fields, model });
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
