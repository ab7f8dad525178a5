import { Kind } from "../drawing/site-kind.js";

/** Points per cell that keep both the table of cells and a look-up short. */
const pointsPerCell = 2;

/**
 * Finds the point nearest to a place, through a uniform grid: two passes over the points to build, a few cells to ask.
 * Points of kind `nowhere` are left out.
 */
export class GridIndex {
  /** Of no points. */
  static get empty() {
    return new GridIndex(new Float32Array(0), new Uint8Array(0));
  }

  /** @param {Float32Array} places x, y per point  @param {Uint8Array} kinds one per point */
  constructor(places, kinds) {
    this.places = places;
    this.bounds = boundsOf(places, kinds);
    const { minX, minY, maxX, maxY } = this.bounds;
    const count = kinds.length;
    const width = Math.max(maxX - minX, 1e-6);
    const height = Math.max(maxY - minY, 1e-6);
    this.cell = Math.max(Math.sqrt((width * height * pointsPerCell) / Math.max(count, 1)), width / 4096, height / 4096);
    this.columns = Math.floor(width / this.cell) + 1;
    this.rows = Math.floor(height / this.cell) + 1;
    // A counting sort: where each cell's points begin, then the points in that order.
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let point = 0; point < count; point++) {
      if (kinds[point] !== Kind.nowhere) this.starts[this.#cellOf(point) + 1]++;
    }
    for (let cell = 1; cell < this.starts.length; cell++) this.starts[cell] += this.starts[cell - 1];
    const next = this.starts.slice();
    this.order = new Uint32Array(this.starts[this.starts.length - 1]);
    for (let point = 0; point < count; point++) {
      if (kinds[point] !== Kind.nowhere) this.order[next[this.#cellOf(point)]++] = point;
    }
  }

  #cellOf(point) {
    const column = Math.floor((this.places[2 * point] - this.bounds.minX) / this.cell);
    const row = Math.floor((this.places[2 * point + 1] - this.bounds.minY) / this.cell);
    return row * this.columns + column;
  }

  /** The point nearest to (x, y) within `reach`, or -1; `accepts(point)` may rule points out. */
  nearest(x, y, reach, accepts = () => true) {
    let best = -1;
    let bestSquare = reach * reach;
    this.each(x - reach, y - reach, x + reach, y + reach, (point) => {
      const square = (this.places[2 * point] - x) ** 2 + (this.places[2 * point + 1] - y) ** 2;
      if (square <= bestSquare && accepts(point)) [best, bestSquare] = [point, square];
    });
    return best;
  }

  /**
   * The parts `[first, end)` of `order` that hold the points of a rectangle and `margin` around it: one per row of cells, or
   * one for all rows where the rectangle spans most of each.
   */
  runs({ left, top, right, bottom }, margin) {
    const cells = this.#cells(left - margin, top - margin, right + margin, bottom + margin);
    const [firstColumn, lastColumn, firstRow, lastRow] = cells;
    if (firstColumn > lastColumn || firstRow > lastRow) return [];
    const start = (row, column) => this.starts[row * this.columns + column];
    if (lastColumn - firstColumn + 1 > this.columns / 2) return [[start(firstRow, 0), start(lastRow, this.columns)]];
    const runs = [];
    for (let row = firstRow; row <= lastRow; row++) {
      const run = [start(row, firstColumn), start(row, lastColumn + 1)];
      if (run[0] < run[1]) runs.push(run);
    }
    return runs;
  }

  #cells(left, top, right, bottom) {
    const { minX, minY } = this.bounds;
    return [
      Math.max(Math.floor((left - minX) / this.cell), 0), Math.min(Math.floor((right - minX) / this.cell), this.columns - 1),
      Math.max(Math.floor((top - minY) / this.cell), 0), Math.min(Math.floor((bottom - minY) / this.cell), this.rows - 1),
    ];
  }

  /** Calls `visit(point)` for every point of the cells that a rectangle touches; some points lie outside of the rectangle. */
  each(left, top, right, bottom, visit) {
    const [firstColumn, lastColumn, firstRow, lastRow] = this.#cells(left, top, right, bottom);
    for (let row = firstRow; row <= lastRow; row++) {
      if (firstColumn > lastColumn) break;
      const end = this.starts[row * this.columns + lastColumn + 1];
      for (let at = this.starts[row * this.columns + firstColumn]; at < end; at++) visit(this.order[at]);
    }
  }
}

function boundsOf(places, kinds) {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let point = 0; point < kinds.length; point++) {
    if (kinds[point] === Kind.nowhere) continue;
    const x = places[2 * point];
    const y = places[2 * point + 1];
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return minX <= maxX ? { minX, minY, maxX, maxY } : { minX: 0, minY: 0, maxX: 0, maxY: 0 };
}
