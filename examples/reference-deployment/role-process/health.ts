/** Why a role is not ready, by subject; ready when there is no reason left. */
export class Health {
  readonly #reasons = new Map<string, string>();

  /** Says that `subject` keeps the role from working, or, without a reason, that it no longer does. */
  set(subject: string, reason?: string): void {
    if (reason === undefined) this.#reasons.delete(subject);
    else this.#reasons.set(subject, reason);
  }

  get ready(): boolean {
    return this.#reasons.size === 0;
  }

  get reasons(): string[] {
    return [...this.#reasons].map(([subject, reason]) => `${subject}: ${reason}`);
  }
}
