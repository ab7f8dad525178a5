/** Bands into which a polygon's edges are sorted, from its top to its bottom. */
const bandCount = 256;

/**
 * A closed polygon of corners [x, y] that is asked about many points. Edges are sorted into horizontal bands, so that a point
 * is held against the few edges at its height, not against all of a freehand line.
 */
export class Polygon {
  constructor(corners) {
    const xs = corners.map(([x]) => x);
    const ys = corners.map(([, y]) => y);
    [this.left, this.right] = [Math.min(...xs), Math.max(...xs)];
    [this.top, this.bottom] = [Math.min(...ys), Math.max(...ys)];
    this.bands = Array.from({ length: bandCount }, () => []);
    for (const [at, [x, y]] of corners.entries()) {
      const [nextX, nextY] = corners[(at + 1) % corners.length];
      const [first, last] = [this.#band(Math.min(y, nextY)), this.#band(Math.max(y, nextY))];
      for (let band = first; band <= last; band++) this.bands[band].push([x, y, nextX, nextY]);
    }
  }

  #band(y) {
    const share = (y - this.top) / Math.max(this.bottom - this.top, Number.MIN_VALUE);
    return Math.min(Math.max(Math.floor(share * bandCount), 0), bandCount - 1);
  }

  /** Whether a point lies inside, by the parity of the edges that a ray to the right crosses. */
  contains(x, y) {
    if (x < this.left || x > this.right || y < this.top || y > this.bottom) return false;
    let isInside = false;
    for (const [ax, ay, bx, by] of this.bands[this.#band(y)]) {
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside;
    }
    return isInside;
  }
}
