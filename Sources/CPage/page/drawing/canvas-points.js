import { rimColor } from "./class-styles.js";
import { traceShape } from "./markers.js";
import { Kind } from "./site-kind.js";

/**
 * Draws markers like GLPointPainter, with a 2D context: one small picture per class and kind, stamped at each visible point.
 * Slower by far for 10^5 points, but it works wherever a page can be read.
 */
export class CanvasPointPainter {
  #stamps = new Map();
  #radius = 0;

  constructor(context) {
    this.context = context;
    this.count = 0;
    this.styles = [];
    this.marks = null;
  }

  setPlaces(index, kinds) {
    this.count = kinds.length;
    this.index = index;
    this.kinds = kinds;
    this.labels = new Uint16Array(this.count);
    this.marks = null;
  }

  setLabels(labels) {
    this.labels = labels;
  }

  setMarks(marks) {
    this.marks = marks;
  }

  setStyles(styles) {
    this.styles = styles;
    this.#stamps.clear();
  }

  draw(viewport, radius, ratio, every = 1) {
    if (this.count === 0) return;
    const { context, index } = this;
    const scale = viewport.scale * ratio;
    const shiftX = (viewport.width / 2) * ratio - viewport.x * scale;
    const shiftY = (viewport.height / 2) * ratio - viewport.y * scale;
    const groups = new Map();
    for (const [first, end] of index.runs(viewport.visible, (2 * radius) / scale)) {
      for (let at = first; at < end; at += every) {
        const point = index.order[at];
        const look = this.#lookOf(point);
        if (!groups.has(look)) groups.set(look, []);
        groups.get(look).push(index.places[2 * point] * scale + shiftX, index.places[2 * point + 1] * scale + shiftY);
      }
    }
    if (radius !== this.#radius) this.#stamps.clear();
    this.#radius = radius;
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const [look, places] of groups) this.#drawGroup(look, places);
    context.globalAlpha = 1;
  }

  /** Class, kind and mark as one number: points of one number look alike and are drawn together. */
  #lookOf(point) {
    const isReceding = this.marks && !this.marks[point];
    return 8 * this.labels[point] + 2 * this.kinds[point] + (isReceding ? 1 : 0);
  }

  #drawGroup(look, places) {
    const { context } = this;
    const label = look >> 3;
    const style = this.styles[label];
    if (!style || style.opacity === 0) return;
    context.globalAlpha = style.opacity * (look & 1 ? 0.2 : 1);
    const radius = this.#radius;
    if (radius < 2.5) {
      // Too small for a shape: one path of squares, as large as the circles would be, is by far the fastest.
      const half = 0.8 * radius;
      context.fillStyle = `rgb(${style.color.join(" ")})`;
      context.beginPath();
      for (let at = 0; at < places.length; at += 2) context.rect(places[at] - half, places[at + 1] - half, 2 * half, 2 * half);
      context.fill();
      return;
    }
    const stamp = this.#stamp(label, (look >> 1) & 3);
    const half = stamp.width / 2;
    for (let at = 0; at < places.length; at += 2) context.drawImage(stamp, places[at] - half, places[at + 1] - half);
  }

  #stamp(label, kind) {
    const key = 4 * label + kind;
    const known = this.#stamps.get(key);
    if (known) return known;
    const radius = this.#radius;
    const { color, shape } = this.styles[label];
    const half = Math.ceil(radius * 1.3 + 2);
    const canvas = new OffscreenCanvas(2 * half, 2 * half);
    const context = canvas.getContext("2d");
    context.beginPath();
    traceShape(context, shape, half, half, radius);
    context.lineJoin = "round";
    if (radius > 1.8) {
      context.strokeStyle = `rgb(${rimColor(color).join(" ")})`;
      context.lineWidth = 2;
      context.stroke();
    }
    const isLarge = radius > 5;
    context.globalCompositeOperation = "destination-out";
    context.fill();
    context.globalCompositeOperation = "source-over";
    context.fillStyle = `rgb(${color.join(" ")} / ${kind === Kind.vacant ? 0 : isLarge ? 0.3 : 1})`;
    context.fill();
    if (isLarge || kind === Kind.vacant) {
      context.clip();
      context.strokeStyle = `rgb(${color.join(" ")})`;
      context.lineWidth = 2 * Math.max(1.4, radius * 0.22);
      context.stroke();
    }
    this.#stamps.set(key, canvas);
    return canvas;
  }
}
