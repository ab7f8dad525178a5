/**
 * Runs requests for a value that changes faster than answers come, as under a moving slider: at most one is under way and one
 * waits, and what waits is always the newest. The server is never asked for places that the slider has left already.
 */
export class LiveRequest {
  #isRunning = false;
  #next = null;

  /** @param {(value) => Promise} run */
  constructor(run) {
    this.run = run;
  }

  async ask(value) {
    this.#next = { value };
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#next) {
      const { value: newest } = this.#next;
      this.#next = null;
      await this.run(newest);
    }
    this.#isRunning = false;
  }
}
