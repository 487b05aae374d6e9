import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

export const keyIdSchema = z.string().regex(/^[\w.-]{1,64}$/);

const addedKeySchema = z.strictObject({
  id: keyIdSchema,
  secret: z.string().min(1),
  quotaGroup: z.string().min(1).optional(),
  weight: z.number().positive().optional(),
});
export type AddedKey = z.infer<typeof addedKeySchema>;

const contentSchema = z.strictObject({
  keys: z.array(addedKeySchema),
  disabled: z.array(keyIdSchema),
});
export type OperatorFileContent = z.infer<typeof contentSchema>;

/** The file of operators' changes is there but is not one; it must not be overwritten unseen. */
export class OperatorFileError extends Error {
  readonly code = 'operator_file_invalid';
  override readonly name = 'OperatorFileError';
}

/**
 * What operators changed by the admin API: keys they added and keys they switched off. It holds secrets, so only
 * the scheduler's own user can read it.
 */
export class OperatorFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {OperatorFileError} */
  read(): OperatorFileContent {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { keys: [], disabled: [] };
      throw error;
    }
    try {
      return contentSchema.parse(JSON.parse(text));
    } catch (cause) {
      // The text holds secrets, and parsers quote what they stumble over.
      const where = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON';
      throw new OperatorFileError(`${this.#path}: ${where}. Mend it, or move it away to start without it.`);
    }
  }

  /** Replaces the file in one step: a crash leaves the old one or the new one. */
  write(content: OperatorFileContent): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    const next = `${this.#path}.next`;
    writeFileSync(next, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true });
    chmodSync(next, 0o600); // an older file of that name keeps its mode otherwise
    renameSync(next, this.#path);
  }
}
