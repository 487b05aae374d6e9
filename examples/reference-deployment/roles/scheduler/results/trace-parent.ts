import { randomBytes } from 'node:crypto';

const PATTERN = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** The W3C trace context for what follows from a message: its trace with a span of our own, or a new trace. */
export function childTrace(parent: string | undefined): string {
  const [, trace = randomBytes(16).toString('hex'), flags = '01'] = PATTERN.exec(parent ?? '') ?? [];
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
}
