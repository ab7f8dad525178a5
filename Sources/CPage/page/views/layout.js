import { classLabels } from "./class-labels.js";
import { classStyles, components, isShown } from "../drawing/class-styles.js";
import { byId } from "../base/dom.js";
import { directionOf, drawSelection, nextInDirection } from "../drawing/highlight.js";
import { LayoutMap } from "./layout-map.js";
import { Kind } from "../drawing/site-kind.js";
import { View } from "../drawing/view.js";

/** Radius of a point in CSS pixels when all are seen, for few and for very many points. */
const largestRadius = 3.2;
const smallestRadius = 0.9;
/** Share of the view that stays free around all points. */
const margin = 1.22;

/** The layout of the motif features: columns with like surroundings lie together. */
export class Layout extends View {
  #layout = null;
  #names = [];

  constructor(store) {
    super("layout");
    this.store = store;
    this.lasso = null;
    this.map = null;
    this.even = byId("layout-even");
    this.even.addEventListener("change", () => this.#arrange());
    this.makePainters();
    store.subscribe(["points"], () => this.#takePoints());
    store.subscribe(["project", "hidden", "emphasised"], () => this.#takeStyles());
    store.subscribe(["lasso"], () => this.#takeMarks());
    store.subscribe(["selected", "hovered", "isLassoing"], () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // ---- data ----

  get background() {
    return components(this.#color("--paper"));
  }

  #color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  makePainters() {
    this.pointPainter = this.surface.pointPainter();
    this.#layout = null;
    this.#takePoints();
    this.#takeStyles();
    this.#takeMarks();
  }

  #takePoints() {
    const { points } = this.store.values;
    if (points?.layout !== this.#layout) this.#arrange();
    else this.#takeLabels();
  }

  /** Gives each point its place in the drawing. */
  #arrange() {
    const { points } = this.store.values;
    this.#layout = points?.layout ?? null;
    const kinds = points?.layoutKinds ?? new Uint8Array(0);
    this.map = new LayoutMap(points?.layout ?? new Float32Array(0), kinds, this.even.checked);
    this.pointPainter.setPlaces(this.map.places, kinds);
    this.viewport.setBounds(this.map.index.bounds, margin);
    this.viewport.fit();
    this.#takeLabels();
    this.#takeMarks();
    this.moved();
  }

  #takeLabels() {
    const { points } = this.store.values;
    if (points) this.pointPainter.setLabels(points.labels);
    this.#names = points ? classLabels(points, this.map) : [];
    this.draw();
  }

  #takeStyles() {
    const { project, hidden, emphasised } = this.store.values;
    this.pointPainter.setStyles(classStyles(project?.classes ?? [], hidden, emphasised));
    this.draw();
  }

  #takeMarks() {
    this.pointPainter.setMarks(this.store.values.lasso?.inside ?? null);
    this.draw();
  }

  // ---- drawing ----

  /** Grows with the zoom, more slowly than distances, so that crowded points come apart. */
  get markerRadius() {
    const count = this.store.values.points?.count ?? 1;
    const crowded = Math.sqrt((this.viewport.width * this.viewport.height) / count) / 4;
    const atFit = Math.min(Math.max(crowded, smallestRadius), largestRadius);
    const zoom = this.viewport.scale / this.viewport.fitScale;
    return Math.min(atFit * Math.max(zoom, 1) ** 0.4, 7) * this.textScale;
  }

  paint() {
    this.pointPainter.draw(this.viewport, this.markerRadius * this.ratio, this.ratio);
  }

  paintOverlay() {
    this.#drawNames();
    this.lasso?.paint(this);
    const { points } = this.store.values;
    drawSelection(this, this.store.values, Math.max(this.markerRadius, 3), (site) =>
      points && site < points.count && points.layoutKinds[site] !== Kind.nowhere
        ? this.viewport.toScreen(this.map.places[2 * site], this.map.places[2 * site + 1]) : null);
  }

  /** Writes the names of the largest classes beside their points, each where no other name stands yet. */
  #drawNames() {
    const { project, hidden } = this.store.values;
    const context = this.#names.length > 0 && project ? this.beginOverlay() : null;
    const size = 12.5 * this.textScale;
    const clouds = this.#names.map(({ left, top, right, bottom }) => {
      const [x, y] = this.viewport.toScreen(left, top);
      const [x2, y2] = this.viewport.toScreen(right, bottom);
      return { x, y, width: x2 - x, height: y2 - y };
    });
    const taken = [];
    for (const [at, { label }] of this.#names.entries()) {
      const looks = project.classes[label - 1];
      if (!looks || hidden.has(looks.number)) continue;
      context.font = `600 ${size}px "Source Sans 3", "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif`;
      const width = context.measureText(looks.name).width + 8;
      const height = size * 1.3;
      const cloud = clouds[at];
      const gap = this.markerRadius + 2;
      const [middle, centre] = [cloud.x + (cloud.width - width) / 2, cloud.y + (cloud.height - height) / 2];
      const beside = [
        [middle, cloud.y - gap - height], [middle, cloud.y + cloud.height + gap], [cloud.x + cloud.width + gap, centre],
        [cloud.x - gap - width, centre],
      ].map(([x, y]) => ({ x, y, width, height })).filter((box) => box.x >= 0 && box.y >= 0
        && box.x + width <= this.viewport.width && box.y + height <= this.viewport.height && !taken.some((other) => overlap(box, other)));
      // Rather over another cloud than no name at all.
      const free = beside.find((box) => !clouds.some((other) => overlap(box, other))) ?? beside[0];
      if (!free) continue;
      taken.push(free);
      context.lineJoin = "round";
      context.textBaseline = "middle";
      context.strokeStyle = this.#color("--paper");
      context.lineWidth = 4;
      context.fillStyle = this.#color("--ink");
      context.strokeText(looks.name, free.x + 4, free.y + free.height / 2);
      context.fillText(looks.name, free.x + 4, free.y + free.height / 2);
    }
  }

  // ---- pointer and keys ----

  siteAt({ x, y }) {
    if (!this.store.values.points) return -1;
    const reach = (this.markerRadius + 5) / this.viewport.scale;
    return this.map.index.nearest(x, y, reach, (site) => isShown(this.store.values, site));
  }

  hover(place) {
    if (this.lasso?.hover(place)) return;
    this.store.set({ hovered: place ? this.siteAt(place) : -1, cursor: null });
  }

  press(place) {
    return this.lasso?.press(place) ?? null;
  }

  click(place) {
    if (this.lasso?.click(place)) return;
    this.store.set({ selected: this.siteAt(place) });
  }

  key(event) {
    if (this.lasso?.key(event)) return true;
    const direction = directionOf(event.key);
    const { points, selected } = this.store.values;
    if (!event.shiftKey || !direction || !points) return false;
    const { index, places } = this.map;
    const reach = Math.hypot(index.bounds.maxX - index.bounds.minX, index.bounds.maxY - index.bounds.minY);
    const accepts = (site) => isShown(this.store.values, site);
    const next = selected < 0 || points.layoutKinds[selected] === Kind.nowhere
      ? index.nearest(this.viewport.x, this.viewport.y, reach, accepts)
      : nextInDirection(index, places.subarray(2 * selected, 2 * selected + 2), direction, reach / 4, accepts);
    if (next >= 0) this.store.set({ selected: next });
    return true;
  }
}

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
