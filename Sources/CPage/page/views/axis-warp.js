/** Bins of the histogram along an axis: fine enough that a cloud collapsed to a dot still covers several. */
const bins = 16384;
/** Bins to either side that count as the cloud of a point, and those over which the histogram is smoothed. */
const cloudReach = 400;
const smoothReach = 4;
/** Share of the axis that is dealt out by how many points lie where; the rest is dealt out evenly. */
const crowdShare = 0.8;

/**
 * A stretched axis on which crowded places have more room: from layout coordinates to 0..1, monotone, and back.
 *
 * Well separated classes collapse to dots in the layout, as far apart as the forces drive them; neither the distance between
 * clouds nor the axes have a meaning, so the room of the screen is better given to the points. A cloud gets room by the square
 * root of its points, so that rare motifs are not squeezed out by common ones.
 */
export class AxisWarp {
  /** @param values one axis of the points that have a place */
  constructor(values, low, high) {
    this.low = low;
    this.width = Math.max(high - low, 1e-9);
    const histogram = new Float64Array(bins);
    for (const value of values) histogram[this.#bin(value)]++;
    const sums = new Float64Array(bins + 1);
    for (let at = 0; at < bins; at++) sums[at + 1] = sums[at] + histogram[at];
    const within = (at, reach) => sums[Math.min(at + reach + 1, bins)] - sums[Math.max(at - reach, 0)];
    const room = histogram.map((_, at) => within(at, smoothReach) / Math.sqrt(Math.max(within(at, cloudReach), 1)));
    const sum = room.reduce((total, value) => total + value, 0) || 1;
    this.knots = new Float64Array(bins + 1);
    for (let at = 0; at < bins; at++) {
      this.knots[at + 1] = this.knots[at] + (crowdShare * room[at]) / sum + (1 - crowdShare) / bins;
    }
  }

  #bin(value) {
    return Math.min(Math.max(Math.floor(((value - this.low) / this.width) * bins), 0), bins - 1);
  }

  /** From layout coordinates to 0..1; goes on beyond the ends, so that a lasso may lead around everything. */
  forward(value) {
    const at = this.#bin(value);
    const share = ((value - this.low) / this.width) * bins - at;
    return this.knots[at] + share * (this.knots[at + 1] - this.knots[at]);
  }

  inverse(place) {
    let [first, last] = [0, bins];
    while (last - first > 1) {
      const middle = (first + last) >> 1;
      if (this.knots[middle] <= place) first = middle;
      else last = middle;
    }
    const share = (place - this.knots[first]) / (this.knots[first + 1] - this.knots[first]);
    return this.low + ((first + share) / bins) * this.width;
  }
}
