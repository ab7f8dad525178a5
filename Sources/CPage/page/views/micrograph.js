import { classStyles, components, isShown, shownLabels } from "../drawing/class-styles.js";
import { drawCorrections } from "./correction-marks.js";
import { byId } from "../base/dom.js";
import { Palette } from "../maps/palette.js";
import { GridIndex } from "../base/grid-index.js";
import { directionOf, drawSelection, nextInDirection, ring } from "../drawing/highlight.js";
import { pendingAt, placeOf } from "./pending.js";
import { Kind } from "../drawing/site-kind.js";
import { TilePyramid } from "../drawing/tiles.js";
import { View } from "../drawing/view.js";

/** The network's map and the candidates in it; an orange that no grey value of a micrograph can be mistaken for. */
const mapColor = "#ff9d2e";
const candidateStyle = { color: components("#ffb454"), shape: 0, opacity: 1 };

/** Radius of a marker as a share of the spacing of the sites, and the limits within which it grows, in CSS pixels. */
const markerShare = 0.26;
const markerLimits = [0.9, 8];

/** Opacity of the markers while a map is shown: its colours are read between and through them. */
const overMap = 0.4;

/** The micrograph with the columns of the result, the network's map, and the corrections that wait. */
export class Micrograph extends View {
  #points = null;
  #pyramids = {};
  #lastImage = null;
  #mapPainter = null;
  #palette = null;
  #overlayKey = "";

  /** Its `tools` are `{press(place), click(place), key(event), paint(view)}`, asked in order: corrections.js, scribbles.js. */
  constructor(store, notices) {
    super("micrograph");
    Object.assign(this, { store, notices, tools: [] });
    this.makePainters();
    store.subscribe(["project"], ({ project }) => this.#open(project));
    store.subscribe(["points", "confidence"], () => this.#takePoints());
    store.subscribe(["project", "hidden", "emphasised", "overlay"], () => this.#takeStyles());
    store.subscribe(["lasso", "marked"], () => this.#takeMarks());
    store.subscribe(["overlay", "project"], () => this.#takeOverlay());
    store.subscribe(["mapKey"], ({ mapKey }) => {
      this.#palette = mapKey && new Palette(mapKey);
      this.#takeOverlay();
    });
    store.subscribe(["rings", "scribbles", "brush"], () => this.draw());
    store.subscribe(["candidates"], () => this.#takeCandidates());
    store.subscribe(["contrast", "markers", "filter", "selected", "hovered", "mode", "project"], () => this.draw());
    store.subscribe(["selected"], ({ selected }) => this.#reveal(selected));
  }

  // ---- data ----

  makePainters() {
    this.imagePainter = this.surface.imagePainter();
    this.#mapPainter = null;
    this.palettePainter = this.surface.mapPainter();
    this.pointPainter = this.surface.pointPainter();
    this.candidatePainter = this.surface.pointPainter();
    this.candidatePainter.setStyles([candidateStyle]);
    this.#points = null;
    this.#takePoints();
    this.#takeStyles();
    this.#takeMarks();
    this.#takeCandidates();
  }

  /** Made when a map is first drawn: most sessions never have one, and compiling its program delays the first view. */
  get mapPainter() {
    this.#mapPainter ??= this.surface.imagePainter({ tint: components(mapColor) });
    return this.#mapPainter;
  }

  #open(project) {
    if (!project) return;
    if (project.id !== this.#lastImage) {
      this.#lastImage = project.id;
      this.viewport.setBounds({ minX: -0.5, minY: -0.5, maxX: project.image.width - 0.5, maxY: project.image.height - 0.5 });
      this.viewport.fit();
      for (const pyramid of Object.values(this.#pyramids)) pyramid.close();
      this.#pyramids = { image: this.#pyramid(project, "image", project.image.levels) };
      this.changed();
    }
    if (project.map && !this.#pyramids.map) {
      this.#pyramids.map = this.#pyramid(project, "map", project.map.levels);
    } else if (!project.map && this.#pyramids.map) {
      this.#pyramids.map.close();
      delete this.#pyramids.map;
    }
  }

  #pyramid(project, layer, levels) {
    return new TilePyramid(project.id, layer, project.image, levels, {
      onTile: () => {
        this.draw();
        if (Array.isArray(layer)) this.host.dispatchEvent(new Event("maptile"));
      },
      onRelease: (tile) => this.#painterOf(layer).release(tile),
      onError: (error) => this.notices.error(error),
    });
  }

  #painterOf(layer) {
    if (Array.isArray(layer)) return this.palettePainter;
    return layer === "map" ? this.mapPainter : this.imagePainter;
  }

  #takePoints() {
    const { points } = this.store.values;
    if (points?.places !== this.#points?.places) {
      this.pointPainter.setPlaces(points?.placeIndex ?? GridIndex.empty, points?.kinds ?? new Uint8Array(0));
    }
    if (points) this.pointPainter.setLabels(shownLabels(this.store.values));
    this.#points = points;
    this.draw();
  }

  #takeStyles() {
    const { project, hidden, emphasised, overlay } = this.store.values;
    // The class that is pointed at is looked for, over a map as well.
    const strength = overlay?.isShown && !emphasised ? overMap : 1;
    this.pointPainter.setStyles(classStyles(project?.classes ?? [], hidden, emphasised, strength));
    this.draw();
  }

  #takeMarks() {
    const { lasso, marked } = this.store.values;
    this.pointPainter.setMarks(lasso?.inside ?? marked);
    this.draw();
  }

  /** The tiles of the map that is chosen; those of another map go. */
  #takeOverlay() {
    const { overlay, mapKey, project } = this.store.values;
    const isKnown = overlay && mapKey && project && mapKey.owner === `${overlay.command}/${overlay.layer}/${overlay.result}`;
    const key = isKnown ? `${project.id}/${mapKey.owner}` : "";
    if (key !== this.#overlayKey) {
      this.#overlayKey = key;
      this.#pyramids.overlay?.close();
      delete this.#pyramids.overlay;
      if (isKnown) {
        this.#pyramids.overlay = this.#pyramid(project, ["views", overlay.command, "tiles", overlay.layer], mapKey.levels);
      }
    }
    this.draw();
  }

  /** What the map says of a place: `{sample, value, color}`; null where there is none. */
  mapAt(x, y) {
    const found = this.store.values.overlay?.isShown ? this.#pyramids.overlay?.sampleAt(x, y) : null;
    if (!found || found.sample === 0 || !this.#palette) return null;
    return { value: this.#palette.valueOf(found.sample), color: this.#palette.color(found.sample) };
  }

  /** Brings a place of the image to the middle, near enough to see its columns. */
  flyTo(x, y, reach = 8 * (this.store.values.points?.spacing ?? 16)) {
    this.viewport.show(x, y, reach);
    this.changed();
  }

  #takeCandidates() {
    const { candidates } = this.store.values;
    const count = candidates ? candidates.length / 3 : 0;
    const places = new Float32Array(2 * count);
    for (let at = 0; at < count; at++) places.set(candidates.subarray(3 * at, 3 * at + 2), 2 * at);
    // Hollow, as vacant nodes are: a candidate is not yet a column.
    const kinds = new Uint8Array(count).fill(Kind.vacant);
    this.candidatePainter.setPlaces(new GridIndex(places, kinds), kinds);
    this.draw();
  }

  // ---- drawing ----

  get pointCount() {
    return this.store.values.points?.count ?? 0;
  }

  /** Radius of a marker in CSS pixels at this zoom. */
  get markerRadius() {
    const { points, markers } = this.store.values;
    const [least, most] = markerLimits;
    const radius = markerShare * (points?.spacing ?? 10) * this.viewport.scale;
    return Math.min(Math.max(radius, least), most * this.textScale) * markers.size;
  }

  paint() {
    const { contrast, filter, markers, overlay: chosen } = this.store.values;
    const { viewport, ratio } = this;
    const { image, map, overlay } = this.#pyramids;
    if (image) this.imagePainter.draw(viewport, ratio, image.visible(viewport, ratio), contrast);
    if (map && filter.isShown && filter.opacity > 0) {
      this.mapPainter.draw(viewport, ratio, map.visible(viewport, ratio), { opacity: filter.opacity });
    }
    if (overlay && chosen?.isShown && this.#palette) {
      const look = { palette: this.#palette, opacity: chosen.opacity };
      this.palettePainter.draw(viewport, ratio, overlay.whole(viewport, ratio), look);
    }
    if (filter.isShown) this.candidatePainter.draw(viewport, this.#candidateRadius * ratio, ratio, this.detail.every);
    else if (markers.isShown) this.pointPainter.draw(viewport, this.markerRadius * ratio, ratio, this.detail.every);
  }

  /** A quarter of the spacing that the network predicts, as in [A23]; without one, that of a marker. */
  get #candidateRadius() {
    const spacing = this.store.values.project?.map?.spacing;
    return spacing ? Math.min(Math.max((spacing / 4) * this.viewport.scale, 1.5), 12 * this.textScale) : this.markerRadius;
  }

  paintOverlay() {
    const { values } = this.store;
    const radius = Math.max(this.markerRadius, 3);
    const { points } = values;
    if (values.project && points) drawCorrections(this, values.project.corrections, points, radius);
    for (const tool of this.tools) tool.paint?.(this);
    this.#drawRings(values.rings);
    drawSelection(this, values, radius, (site) => {
      const place = points && placeOf(points, values.project.corrections, site);
      return place && this.viewport.toScreen(...place);
    });
    if (["add", "scribble"].includes(values.mode) && this.host.matches(":focus-visible")) this.#drawCrosshair();
  }

  #drawRings(rings) {
    if (rings.length === 0) return;
    const context = this.beginOverlay();
    const { left, top, right, bottom } = this.viewport.visible;
    for (const { x, y, color } of rings) {
      if (x < left || x > right || y < top || y > bottom) continue;
      ring(context, ...this.viewport.toScreen(x, y), 9 * this.textScale, color ?? "white", 2);
    }
  }

  /** Where Enter adds a column, for those who use no pointer. */
  #drawCrosshair() {
    const context = this.beginOverlay();
    const [x, y] = [this.viewport.width / 2, this.viewport.height / 2];
    context.beginPath();
    context.moveTo(x - 12, y);
    context.lineTo(x + 12, y);
    context.moveTo(x, y - 12);
    context.lineTo(x, y + 12);
    context.strokeStyle = "white";
    context.lineWidth = 1.5;
    context.stroke();
  }

  // ---- pointer and keys ----

  /** The site under a place that is drawn now, or -1; columns that wait to be added or moved come first. */
  siteAt({ x, y }) {
    const { points, project, markers, filter } = this.store.values;
    if (!points || filter.isShown) return -1;
    const reach = (this.markerRadius + 5) / this.viewport.scale;
    const pending = pendingAt(points, project.corrections, x, y, reach);
    if (pending >= 0 || !markers.isShown) return pending;
    return points.placeIndex.nearest(x, y, reach, (site) => isShown(this.store.values, site));
  }

  /** The value of a pixel in the image's unit with the number of pixels that it is the mean of; null where none is loaded. */
  valueAt(x, y) {
    const { image } = this.store.values.project;
    const found = this.#pyramids.image?.sampleAt(x, y);
    return found && { value: image.low + (found.sample / 65535) * (image.high - image.low), step: found.step };
  }

  /** The samples in view at the level that is shown, for the automatic contrast. */
  samplesInView() {
    const pyramid = this.#pyramids.image;
    if (!pyramid) return [];
    const level = pyramid.levelFor(this.viewport, this.ratio);
    return pyramid.visible(this.viewport, this.ratio).filter((tile) => tile.level === level);
  }

  hover(place) {
    const { project } = this.store.values;
    const isInside = place && project && place.x >= -0.5 && place.y >= -0.5 && place.x < project.image.width - 0.5
      && place.y < project.image.height - 0.5;
    this.store.set({ cursor: isInside ? { x: place.x, y: place.y } : null, hovered: place ? this.siteAt(place) : -1 });
  }

  press(place) {
    for (const tool of this.tools) {
      const drag = tool.press(place);
      if (drag) return drag;
    }
    return null;
  }

  click(place) {
    if (this.tools.some((tool) => tool.click(place))) return;
    this.store.set({ selected: this.siteAt(place) });
  }

  key(event) {
    if (this.tools.some((tool) => tool.key(event))) return true;
    const direction = directionOf(event.key);
    if (!event.shiftKey || !direction) return false;
    this.#selectNext(direction);
    return true;
  }

  #selectNext(direction) {
    const { points, project, selected } = this.store.values;
    if (!points) return;
    const accepts = (site) => isShown(this.store.values, site);
    const reach = points.spacing * 6;
    const from = placeOf(points, project.corrections, selected);
    const next = from ? nextInDirection(points.placeIndex, from, direction, reach, accepts)
      : points.placeIndex.nearest(this.viewport.x, this.viewport.y, reach, accepts);
    if (next >= 0) this.store.set({ selected: next });
  }

  #reveal(site) {
    const { points, project } = this.store.values;
    const place = points && placeOf(points, project.corrections, site);
    if (place && this.viewport.reveal(...place)) this.changed();
  }

  moved() {
    byId("micrograph").dispatchEvent(new Event("viewchange"));
  }
}
