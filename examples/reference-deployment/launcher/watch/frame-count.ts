/** Adds up a counter of a process that may be started again and then counts from 0. */
export class FrameCount {
  #before = 0;
  #last = 0;

  /** What the process says at this moment. */
  see(count: number): void {
    if (count < this.#last) this.#before += this.#last;
    this.#last = count;
  }

  get total(): number {
    return this.#before + this.#last;
  }
}
