import { AxisWarp } from "./axis-warp.js";
import { GridIndex } from "../base/grid-index.js";
import { separate } from "../separation.js";
import { Kind } from "../drawing/site-kind.js";

/** Width of the evened layout relative to its height: about that of the panel. */
const aspect = 1.7;
/** Longest piece of a lasso's edge, as a share of the height, that is mapped back as a straight line. */
const pieceLength = 0.005;

/**
 * Where the layout's points are drawn, evened out or as they are, with the index to find them, and the way back from the
 * drawing to layout coordinates.
 */
export class LayoutMap {
  /** @param {Float32Array} layout x, y per site in layout coordinates  @param {Uint8Array} kinds one per site */
  constructor(layout, kinds, isEven) {
    this.isEven = isEven;
    this.places = layout;
    if (isEven) this.#even(layout, kinds);
    this.index = new GridIndex(this.places, kinds);
  }

  #even(layout, kinds) {
    const axis = (first) => {
      const values = [];
      let [low, high] = [Infinity, -Infinity];
      for (let site = 0; site < kinds.length; site++) {
        if (kinds[site] === Kind.nowhere) continue;
        const value = layout[2 * site + first];
        values.push(value);
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      return new AxisWarp(values, low, high);
    };
    [this.horizontal, this.vertical] = [axis(0), axis(1)];
    this.places = new Float32Array(layout.length);
    for (let site = 0; site < kinds.length; site++) {
      if (kinds[site] === Kind.nowhere) continue;
      this.places[2 * site] = aspect * this.horizontal.forward(layout[2 * site]);
      this.places[2 * site + 1] = this.vertical.forward(layout[2 * site + 1]);
    }
    separate(this.places, kinds, aspect, 1);
  }

  /** A polygon of the drawing in layout coordinates; edges that the evening bends become several corners. */
  toLayout(corners) {
    if (!this.isEven) return corners;
    return corners.flatMap(([x, y], at) => {
      const [nextX, nextY] = corners[(at + 1) % corners.length];
      const pieces = Math.max(Math.ceil(Math.hypot(nextX - x, nextY - y) / pieceLength), 1);
      return Array.from({ length: pieces }, (_, piece) => {
        const share = piece / pieces;
        return [
          this.horizontal.inverse((x + share * (nextX - x)) / aspect), this.vertical.inverse(y + share * (nextY - y)),
        ];
      });
    });
  }
}
