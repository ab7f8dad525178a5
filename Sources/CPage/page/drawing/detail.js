/** What a frame may cost, in ms: above the first a view draws half as many points, below the second twice as many. */
const slow = 50;
const fast = 20;
/** The fewest points: one of so many. The stride of a vertex buffer is limited to 255 bytes, that of places is 8. */
const fewest = 16;
/** So many points are no burden; a view that is slow with fewer is slow for another reason. */
const harmless = 20_000;
/** So many points are drawn in the first frame of a motion, or one of `fewest`: more than a screen of this size tells apart. */
const atFirst = 60_000;
/** After this time without a frame, in ms, everything is drawn again. */
const restTime = 200;

/**
 * How many of the points to draw while a view moves. With a graphics card all of them, always; a computer that draws in
 * software, as many virtual machines and remote desktops do, drops points until it keeps up, and shows all as soon as the view
 * rests.
 */
export class Detail {
  /** One of so many points is drawn. */
  every = 1;
  #timer = 0;
  /** What kept up with the last motion; 0 before the first. */
  #moving = 0;
  #isMoving = false;

  /** @param draw asks for a frame */
  constructor(draw) {
    this.draw = draw;
  }

  /**
   * A frame begins because the view has moved; it has `count` points. What it costs is known when the browser is ready for the
   * next one: drawing goes on after the main thread has handed it over.
   */
  moved(count) {
    clearTimeout(this.#timer);
    if (!this.#isMoving) {
      this.#isMoving = true;
      // A motion begins with what kept up last time. The first one begins with few: a card that can do more gets more at once.
      this.every = this.#moving || Math.min(2 ** Math.ceil(Math.log2(Math.max(count / atFirst, 1))), fewest);
    }
    const start = performance.now();
    requestAnimationFrame(() => {
      const cost = performance.now() - start;
      if (cost > slow && count / this.every > harmless) this.every = Math.min(2 * this.every, fewest);
      else if (cost < fast && this.every > 1) this.every /= 2;
      this.#moving = this.every;
      clearTimeout(this.#timer);
      // Frames that come slowly are no rest; and all points take long where few were all that kept up.
      this.#timer = setTimeout(() => this.#rest(), Math.max(restTime * (this.every > 4 ? 3 : 1), 3 * cost));
    });
  }

  #rest() {
    this.#isMoving = false;
    if (this.every === 1) return;
    this.every = 1;
    this.draw();
  }
}
