import { classLabels } from "./class-labels.js";
import { classStyles, components, isShown, shownLabels } from "../drawing/class-styles.js";
import { byId } from "../base/dom.js";
import { directionOf, drawSelection, nextInDirection } from "../drawing/highlight.js";
import { LayoutMap } from "./layout-map.js";
import { shapeNumber, traceShape } from "../drawing/markers.js";
import { Kind } from "../drawing/site-kind.js";
import { View } from "../drawing/view.js";

/** Radius of a point in CSS pixels when all are seen, for few and for very many points. */
const largestRadius = 3.2;
const smallestRadius = 0.9;
/** Share of the view that stays free around all points. */
const margin = 1.3;

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
    store.subscribe(["lasso", "marked"], () => this.#takeMarks());
    store.subscribe(["confidence"], () => this.#takeLabels());
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
    this.pointPainter.setPlaces(this.map.index, kinds);
    this.viewport.setBounds(this.map.index.bounds, margin);
    this.viewport.fit();
    this.#takeLabels();
    this.#takeMarks();
    this.moved();
  }

  #takeLabels() {
    const { points } = this.store.values;
    if (points) this.pointPainter.setLabels(shownLabels(this.store.values));
    this.#names = points ? classLabels(points, this.map) : [];
    this.draw();
  }

  #takeStyles() {
    const { project, hidden, emphasised } = this.store.values;
    this.pointPainter.setStyles(classStyles(project?.classes ?? [], hidden, emphasised));
    this.draw();
  }

  #takeMarks() {
    const { lasso, marked } = this.store.values;
    this.pointPainter.setMarks(lasso?.inside ?? marked);
    this.draw();
  }

  // ---- drawing ----

  get pointCount() {
    return this.store.values.points?.count ?? 0;
  }

  /** Grows with the zoom, more slowly than distances, so that crowded points come apart. */
  get markerRadius() {
    const count = this.store.values.points?.count ?? 1;
    const crowded = Math.sqrt((this.viewport.width * this.viewport.height) / count) / 4;
    const atFit = Math.min(Math.max(crowded, smallestRadius), largestRadius);
    const zoom = this.viewport.scale / this.viewport.fitScale;
    return Math.min(atFit * Math.max(zoom, 1) ** 0.4, 7) * this.textScale;
  }

  paint() {
    this.pointPainter.draw(this.viewport, this.markerRadius * this.ratio, this.ratio, this.detail.every);
  }

  paintOverlay() {
    this.#drawNames();
    this.lasso?.paint(this);
    const { points } = this.store.values;
    drawSelection(this, this.store.values, Math.max(this.markerRadius, 3), (site) =>
      points && site < points.count && points.layoutKinds[site] !== Kind.nowhere
        ? this.viewport.toScreen(this.map.places[2 * site], this.map.places[2 * site + 1]) : null);
  }

  /** Writes the names of the largest classes beside their clouds, each with its marker, where no other name stands yet. */
  #drawNames() {
    const { project, hidden } = this.store.values;
    if (this.#names.length === 0 || !project) return;
    const context = this.beginOverlay();
    const size = 12.5 * this.textScale;
    context.font = `600 ${size}px "Source Sans 3", "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const clouds = this.#names.map(({ left, top, right, bottom }) => {
      const [x, y] = this.viewport.toScreen(left, top);
      const [endX, endY] = this.viewport.toScreen(right, bottom);
      return { x, y, width: endX - x, height: endY - y };
    });
    const taken = [];
    for (const [at, { label }] of this.#names.entries()) {
      const looks = project.classes[label - 1];
      if (!looks || hidden.has(looks.number)) continue;
      const box = this.#placeOfName(clouds[at], context.measureText(looks.name).width + 1.6 * size, 1.3 * size, clouds, taken);
      if (!box) continue;
      taken.push(box);
      const middle = box.y + box.height / 2;
      context.strokeStyle = this.#color("--paper");
      context.lineWidth = 4;
      context.strokeText(looks.name, box.x + 1.3 * size, middle);
      context.fillStyle = this.#color("--ink");
      context.fillText(looks.name, box.x + 1.3 * size, middle);
      context.beginPath();
      traceShape(context, shapeNumber(looks.marker), box.x + 0.65 * size, middle, 0.35 * size);
      context.fillStyle = looks.color;
      context.fill();
      context.strokeStyle = this.#color("--ink");
      context.lineWidth = 1;
      context.stroke();
    }
  }

  /** The box of a name beside its cloud, where it hides least of the clouds and no other name; undefined if there is none. */
  #placeOfName(cloud, width, height, clouds, taken) {
    const gap = this.markerRadius + 2;
    const [above, below] = [cloud.y - gap - height, cloud.y + cloud.height + gap];
    const [left, right] = [cloud.x - gap - width, cloud.x + cloud.width + gap];
    const [middle, centre] = [cloud.x + (cloud.width - width) / 2, cloud.y + (cloud.height - height) / 2];
    const boxes = [
      [middle, above], [middle, below], [right, centre], [left, centre],
      [right, above], [left, above], [right, below], [left, below],
    ].map(([x, y]) => ({ x, y, width, height }));
    const isSeen = ({ x, y }) => x >= 0 && y >= 0 && x + width <= this.viewport.width && y + height <= this.viewport.height;
    const possible = boxes.filter((box) => isSeen(box) && !taken.some((other) => overlap(box, other) > 0));
    const hidden = (box) => clouds.reduce((sum, other) => sum + overlap(box, other), 0);
    return possible.sort((one, other) => hidden(one) - hidden(other))[0];
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

/** Area that two boxes share. */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}
