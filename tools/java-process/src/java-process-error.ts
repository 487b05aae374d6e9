/** What went wrong on the way to a running JVM. */
export const javaProcessErrorCodes = [
  'jdk_missing',
  'maven_missing',
  'maven_failed',
  'artifacts_differ',
  'compile_failed',
  'start_failed',
  'exited_early',
  'not_ready',
  'locked',
] as const;
export type JavaProcessErrorCode = (typeof javaProcessErrorCodes)[number];

export class JavaProcessError extends Error {
  override readonly name = 'JavaProcessError';
  readonly code: JavaProcessErrorCode;

  constructor(code: JavaProcessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
