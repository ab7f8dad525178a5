import { GridIndex } from "../base/grid-index.js";
import { Kind } from "./site-kind.js";

const valuesPerSite = 5;

/**
 * The sites of a result with their places in both views. Numbers of sites index every array.
 *
 * Labels change with each split and the places do not, so `labelled` returns a value that shares the places and their
 * indices: a rename of 10^6 columns uploads two bytes per column, not twenty.
 */
export class Points {
  /** @param {ArrayBuffer} bytes the answer of /sites */
  static parse(bytes) {
    const values = new Float32Array(bytes);
    const points = new Points();
    const count = (points.count = Math.floor(values.length / valuesPerSite));
    points.places = new Float32Array(2 * count);
    points.layout = new Float32Array(2 * count);
    points.kinds = new Uint8Array(count);
    points.layoutKinds = new Uint8Array(count);
    for (let site = 0; site < count; site++) {
      const from = site * valuesPerSite;
      points.places[2 * site] = values[from];
      points.places[2 * site + 1] = values[from + 1];
      const hasLayout = Number.isFinite(values[from + 2]) && Number.isFinite(values[from + 3]);
      // A NaN in a vertex buffer is undefined behaviour on some drivers; the kind says that there is no place.
      points.layout[2 * site] = hasLayout ? values[from + 2] : 0;
      points.layout[2 * site + 1] = hasLayout ? values[from + 3] : 0;
      points.kinds[site] = values[from + 4] === 1 ? Kind.vacant : Kind.column;
      points.layoutKinds[site] = hasLayout ? points.kinds[site] : Kind.nowhere;
    }
    points.placeIndex = new GridIndex(points.places, points.kinds);
    points.labels = new Uint16Array(count);
    points.confidences = new Uint8Array(count);
    return points;
  }

  /** The same sites with the answer of /labels; null where its length is that of another result. */
  labelled(bytes) {
    if (bytes.byteLength !== 3 * this.count) return null;
    const points = Object.assign(new Points(), this);
    points.labels = new Uint16Array(bytes, 0, this.count);
    points.confidences = new Uint8Array(bytes, 2 * this.count, this.count);
    return points;
  }

  /** Typical distance between neighbours in pixels: the side of the square that each site has to itself. */
  get spacing() {
    const { minX, minY, maxX, maxY } = this.placeIndex.bounds;
    return Math.sqrt(Math.max((maxX - minX) * (maxY - minY), 1) / Math.max(this.count, 1));
  }
}
