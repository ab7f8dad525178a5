import { Detail } from "./detail.js";
import { byId, element } from "../base/dom.js";
import { FrameTimes } from "../base/frame-times.js";
import { Surface } from "./surface.js";
import { Viewport } from "./viewport.js";

/** A pointer that moves less than this many CSS pixels between press and release has clicked. */
const clickReach = 4;
/** Share of the view that an arrow key moves by, and the factor of the plus and minus keys. */
const keyPan = 0.1;
const keyZoom = 1.3;

/**
 * A picture that can be panned and zoomed: a surface for image and points, above it a 2D canvas for the few things that
 * change with the pointer. Subclasses draw; what a click or a drag means is up to their tool.
 *
 * Frames are drawn on demand: nothing happens while nothing changes.
 */
export class View {
  #isScheduled = false;
  #drag = null;
  #isOverlayClean = true;
  #hasMoved = false;

  /** @param id of the element in index.html, which names the view for keyboard and screen reader */
  constructor(id) {
    this.host = byId(id);
    this.viewport = new Viewport();
    this.frames = new FrameTimes();
    this.detail = new Detail(() => this.draw());
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.overlayCanvas = element("canvas", { "aria-hidden": "true", class: "overlay" });
    this.host.prepend(this.canvas, this.overlayCanvas);
    this.overlay = this.overlayCanvas.getContext("2d");
    this.surface = new Surface(this.canvas, () => {
      this.makePainters();
      this.draw();
    });
    new ResizeObserver(() => this.#resize()).observe(this.host);
    // Moved to a screen of another density, the view keeps its size in CSS pixels, so nothing else would tell.
    addEventListener("resize", () => this.#resize());
    this.#listen();
    for (const button of this.host.closest("section").querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.#zoomBy(button.dataset.zoom));
    }
  }

  /** Device pixels per CSS pixel. */
  get ratio() {
    return devicePixelRatio;
  }

  /** Size of text in CSS pixels relative to the smallest screen; lines and markers grow with it. */
  get textScale() {
    return parseFloat(getComputedStyle(document.documentElement).fontSize) / 14;
  }

  /** Asks for a frame. */
  draw() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      if (this.#hasMoved) this.detail.moved(this.pointCount);
      this.#hasMoved = false;
      this.frames.measure(() => this.drawNow());
    });
  }

  /** Draws without waiting for the screen; whoever reads the pixels must do so in the same task. */
  drawNow() {
    const { width, height } = this.viewport;
    this.surface.begin(Math.round(width * this.ratio), Math.round(height * this.ratio), this.background);
    this.paint();
    this.#clearOverlay();
    this.paintOverlay(this.overlay);
  }

  // ---- what subclasses say ----

  /** Number of points that a frame draws at most. */
  get pointCount() {
    return 0;
  }

  /** Colour behind everything, [r, g, b]. */
  get background() {
    return [0, 0, 0];
  }
  /** Makes painters and gives them all data; also called when the graphics card has forgotten everything. */
  makePainters() {}
  paint() {}
  paintOverlay() {}
  /** The pointer moves without a button, or leaves (null). */
  hover() {}
  /** @returns a drag `{move(place, event), release(place, event), cancel()}`, or null to pan */
  press() {
    return null;
  }
  click() {}
  /** @returns whether the key was used */
  key() {
    return false;
  }
  moved() {}

  /** For drawing on the overlay: notes that it must be cleared, and turns the context to CSS pixels. */
  beginOverlay() {
    this.#isOverlayClean = false;
    this.overlay.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return this.overlay;
  }

  #clearOverlay() {
    if (this.#isOverlayClean) return;
    this.overlay.setTransform(1, 0, 0, 1, 0, 0);
    this.overlay.clearRect(0, 0, this.overlayCanvas.width, this.overlayCanvas.height);
    this.#isOverlayClean = true;
  }

  #resize() {
    const { clientWidth, clientHeight } = this.host;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.viewport.resize(clientWidth, clientHeight);
    this.overlayCanvas.width = Math.round(clientWidth * this.ratio);
    this.overlayCanvas.height = Math.round(clientHeight * this.ratio);
    this.#isOverlayClean = true;
    this.changed();
  }

  /** The viewport has changed. */
  changed() {
    this.#hasMoved = true;
    this.moved();
    this.draw();
  }

  #zoomBy(name) {
    if (name === "fit") this.viewport.fit();
    else this.viewport.zoom(name === "in" ? keyZoom : 1 / keyZoom);
    this.changed();
  }

  /** Where an event lies: on the screen and in the world. */
  placeOf(event) {
    const box = this.host.getBoundingClientRect();
    const [screenX, screenY] = [event.clientX - box.left, event.clientY - box.top];
    const [x, y] = this.viewport.toWorld(screenX, screenY);
    return { screenX, screenY, x, y };
  }

  #listen() {
    const { host } = this;
    host.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { screenX, screenY } = this.placeOf(event);
      // Firefox counts lines where Chromium counts pixels; a pinch on a touchpad comes as a wheel with small steps.
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1) * (event.ctrlKey ? 6 : 1);
      this.viewport.zoom(Math.exp(-Math.min(Math.max(pixels, -240), 240) / 400), screenX, screenY);
      this.changed();
    }, { passive: false });
    host.addEventListener("pointerdown", (event) => this.#pointerDown(event));
    host.addEventListener("pointermove", (event) => this.#pointerMove(event));
    host.addEventListener("pointerup", (event) => this.#pointerUp(event));
    host.addEventListener("pointercancel", () => this.cancelDrag());
    host.addEventListener("pointerleave", () => this.#drag ?? this.hover(null));
    host.addEventListener("contextmenu", (event) => event.preventDefault());
    host.addEventListener("keydown", (event) => this.#keyDown(event));
  }

  #pointerDown(event) {
    if (this.#drag || event.target.closest("button, a, input, .card")) return;
    const place = this.placeOf(event);
    const tool = event.button === 0 ? this.press(place, event) : null;
    this.#drag = { pointer: event.pointerId, button: event.button, start: place, last: place, tool, hasMoved: false };
    this.host.setPointerCapture(event.pointerId);
  }

  #pointerMove(event) {
    const place = this.placeOf(event);
    const drag = this.#drag;
    if (!drag) return this.hover(place);
    if (event.pointerId !== drag.pointer) return;
    drag.hasMoved ||= Math.hypot(place.screenX - drag.start.screenX, place.screenY - drag.start.screenY) >= clickReach;
    if (drag.hasMoved && drag.tool) drag.tool.move(place, event);
    else if (drag.hasMoved) {
      this.viewport.pan(place.screenX - drag.last.screenX, place.screenY - drag.last.screenY);
      this.host.classList.add("panning");
      this.changed();
    }
    drag.last = place;
  }

  #pointerUp(event) {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    this.#drag = null;
    this.host.classList.remove("panning");
    const place = this.placeOf(event);
    if (!drag.hasMoved) {
      drag.tool?.cancel();
      if (drag.button === 0) this.click(place, event);
    } else drag.tool?.release(place, event);
  }

  /** Gives up what the pointer is doing; returns whether it was doing anything. */
  cancelDrag() {
    const drag = this.#drag;
    this.#drag = null;
    this.host.classList.remove("panning");
    drag?.tool?.cancel();
    return Boolean(drag?.tool);
  }

  #keyDown(event) {
    if (event.target !== this.host || event.ctrlKey || event.metaKey) return;
    if (this.key(event)) return event.preventDefault();
    if (event.altKey) return;
    const { width, height } = this.viewport;
    const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (moves[event.key] && !event.shiftKey) {
      this.viewport.pan(moves[event.key][0] * keyPan * width, moves[event.key][1] * keyPan * height);
      this.changed();
    } else if (event.key === "+" || event.key === "=") this.#zoomBy("in");
    else if (event.key === "-") this.#zoomBy("out");
    else if (event.key === "0") this.#zoomBy("fit");
    else return;
    event.preventDefault();
  }
}
