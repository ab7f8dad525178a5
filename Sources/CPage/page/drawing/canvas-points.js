import { needsLightRim } from "./class-styles.js";
import { GridIndex } from "../base/grid-index.js";
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

  setPlaces(places, kinds) {
    this.count = kinds.length;
    this.places = places;
    this.kinds = kinds;
    this.index = new GridIndex(places, kinds);
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

  draw(viewport, radius, ratio) {
    if (this.count === 0) return;
    if (radius !== this.#radius) {
      this.#stamps.clear();
      this.#radius = radius;
    }
    const { context, places, marks } = this;
    const { left, top, right, bottom } = viewport.visible;
    const margin = (2 * radius) / (viewport.scale * ratio);
    const scale = viewport.scale * ratio;
    const shiftX = (viewport.width / 2) * ratio - viewport.x * scale;
    const shiftY = (viewport.height / 2) * ratio - viewport.y * scale;
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.index.each(left - margin, top - margin, right + margin, bottom + margin, (point) => {
      const style = this.styles[this.labels[point]];
      if (!style || style.opacity === 0) return;
      context.globalAlpha = style.opacity * (marks && !marks[point] ? 0.2 : 1);
      const stamp = this.#stamp(this.labels[point], this.kinds[point]);
      const half = stamp.width / 2;
      context.drawImage(stamp, places[2 * point] * scale + shiftX - half, places[2 * point + 1] * scale + shiftY - half);
    });
    context.globalAlpha = 1;
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
      context.strokeStyle = needsLightRim(color) ? "white" : "black";
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
