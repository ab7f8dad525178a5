/** Frames kept per view. */
const kept = 600;

/**
 * How long the main thread worked on each of the last frames, and when each began, in ms: `{work, start}` per frame.
 * Tests read it through `window.tessera`; it is the figure that the page promises (8 ms at 100,000 columns).
 */
export class FrameTimes {
  #frames = [];

  /** Runs `draw` and notes its time. */
  measure(draw) {
    const start = performance.now();
    draw();
    this.#frames.push({ start, work: performance.now() - start });
    if (this.#frames.length > kept) this.#frames.shift();
  }

  get all() {
    return this.#frames.slice();
  }
}
