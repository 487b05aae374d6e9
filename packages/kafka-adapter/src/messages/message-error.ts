/** Why bytes are no valid message. The same words stand in the `rw-dlq-reason` header of a dead letter. */
export const messageErrorCodes = ['invalid-json', 'schema', 'unknown-version', 'too-large'] as const;
export type MessageErrorCode = (typeof messageErrorCodes)[number];

/** One broken rule: where (`group.people.0.box.width`) and which. Never holds the value itself. */
export interface MessageIssue {
  path: string;
  message: string;
}

/** Bytes from which no valid message can be read. Trying again never helps. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly code: MessageErrorCode;
  /** At most ten; empty unless the code is `schema`. */
  readonly issues: readonly MessageIssue[];

  constructor(code: MessageErrorCode, message: string, issues: readonly MessageIssue[] = []) {
    super(message);
    this.code = code;
    this.issues = issues;
  }
}
