import { components } from "../drawing/class-styles.js";

/** The most colours of a palette: the shader holds as many. */
export const mostColors = 65;

/**
 * The colours of a map, from its key (`/views/.../layers/...`): how a sample of its tiles is drawn. Sample 0 is no value.
 */
export class Palette {
  constructor(key) {
    this.key = key;
    this.isLabels = key.kind === "labels";
    this.colors = key.colors.slice(0, mostColors).map(components);
    const width = Math.max(key.high - key.low, Number.MIN_VALUE);
    // As shares of the samples 1 ... 65535.
    this.shown = [(key.shown_low - key.low) / width, (key.shown_high - key.low) / width];
  }

  /** The colour of a sample, [r, g, b], or null. */
  color(sample) {
    if (sample === 0) return null;
    if (this.isLabels) return this.colors[(sample - 1) % this.colors.length];
    const share = ((sample - 1) / 65534 - this.shown[0]) / Math.max(this.shown[1] - this.shown[0], 1e-9);
    const place = Math.min(Math.max(share, 0), 1) * (this.colors.length - 1);
    const below = Math.min(Math.floor(place), this.colors.length - 2);
    return this.colors[below].map((from, at) => from + (place - below) * (this.colors[below + 1][at] - from));
  }

  /** What a sample says: a label, or a number; null for no value. */
  valueOf(sample) {
    if (sample === 0) return null;
    return this.isLabels ? sample : this.key.low + ((sample - 1) / 65534) * (this.key.high - this.key.low);
  }
}
