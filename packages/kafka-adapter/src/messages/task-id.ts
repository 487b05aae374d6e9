import { createHash } from 'node:crypto';

/** The namespace of task ids. It must never change: ids made before would no longer be recognised. */
export const taskIdNamespace = 'c0a3f2de-7d1b-5b0e-9a57-3e1f6f1c8b42';

const namespaceBytes = Buffer.from(taskIdNamespace.replaceAll('-', ''), 'hex');

/** What a task is about: its id is derived from these three and nothing else. */
export interface TaskIdentity {
  detectionId: string;
  policyVersion: string;
  revision: number;
}

/**
 * The id of the task that judges a detection: UUIDv5 (RFC 9562 §5.5) over
 * `detectionId|policyVersion|revision` in UTF-8. Whoever derives it, wherever, gets the same id.
 *
 * @throws RangeError when the revision is not a whole number of 0 or more.
 */
export const taskIdOf = ({ detectionId, policyVersion, revision }: TaskIdentity): string => {
  if (!Number.isSafeInteger(revision) || revision < 0) {
    throw new RangeError(`revision must be a whole number of 0 or more, not ${revision}`);
  }
  const digest = createHash('sha1')
    .update(namespaceBytes)
    .update(`${detectionId}|${policyVersion}|${revision}`, 'utf8')
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return formatUuid(digest);
};

/** The first 16 bytes as a UUID in lower case. */
export const formatUuid = (bytes: Uint8Array): string => {
  const hex = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
