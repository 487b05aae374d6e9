/** What went wrong with the Flink process. Faults of JDK, lock and JVM come as `JavaProcessError`. */
export const localFlinkErrorCodes = ['not_built', 'not_ready', 'rest_failed'] as const;
export type LocalFlinkErrorCode = (typeof localFlinkErrorCodes)[number];

export class LocalFlinkError extends Error {
  override readonly name = 'LocalFlinkError';
  readonly code: LocalFlinkErrorCode;

  constructor(code: LocalFlinkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
