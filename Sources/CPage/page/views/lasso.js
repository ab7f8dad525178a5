import { isShown } from "../drawing/class-styles.js";
import { ask } from "../base/dialog.js";
import { byId, element } from "../base/dom.js";
import { Polygon } from "../base/geometry.js";
import { outline } from "../drawing/highlight.js";
import { count, counted } from "../base/numbers.js";
import { Kind } from "../drawing/site-kind.js";

/** Corners of a freehand line are at least this far apart, in CSS pixels; the server needs no more. */
const cornerDistance = 4;
/** A click this near to the first corner closes the polygon. */
const closeReach = 10;

/**
 * Divides a class by a line drawn on the layout: in one go with the pointer pressed, or corner by corner with clicks (a double
 * click, Enter, or a click on the first corner closes). Escape gives up. The keyboard's way to divide a class is "Split".
 */
export class Lasso {
  #corners = [];
  #cursor = null;

  constructor(store, session, layout) {
    Object.assign(this, { store, session, layout });
    layout.lasso = this;
    this.button = byId("lasso");
    this.button.addEventListener("click", () => (store.values.isLassoing ? this.cancel() : this.begin()));
    store.subscribe(["isLassoing", "points", "project"], ({ isLassoing, points, project }) => {
      this.button.setAttribute("aria-pressed", String(isLassoing));
      this.button.disabled = !points || !project?.result?.is_layout;
      layout.host.classList.toggle("lassoing", isLassoing);
    });
  }

  begin() {
    if (this.button.disabled) return;
    this.#corners = [];
    this.store.set({ isLassoing: true, hovered: -1 });
    this.layout.host.focus();
  }

  /** @returns whether there was anything to give up */
  cancel() {
    if (!this.store.values.isLassoing) return false;
    this.#corners = [];
    this.store.set({ isLassoing: false, lasso: null });
    this.layout.draw();
    return true;
  }

  // ---- as a tool of the layout ----

  hover(place) {
    if (!this.store.values.isLassoing) return false;
    this.#cursor = place;
    if (this.#corners.length > 0) this.layout.draw();
    return true;
  }

  press(place) {
    if (!this.store.values.isLassoing || this.#corners.length > 0) return null;
    const line = [[place.x, place.y]];
    let last = place;
    return {
      move: (next) => {
        if (Math.hypot(next.screenX - last.screenX, next.screenY - last.screenY) < cornerDistance) return;
        line.push([next.x, next.y]);
        last = next;
        this.#corners = line;
        this.#cursor = null;
        this.layout.draw();
      },
      release: () => this.#close(),
      cancel: () => {
        this.#corners = [];
        this.layout.draw();
      },
    };
  }

  click(place) {
    if (!this.store.values.isLassoing) return false;
    // A double click is a second click on the last corner.
    const isAt = (corner) => distanceOnScreen(this.layout, corner, place) < closeReach;
    if (this.#corners.length >= 3 && (isAt(this.#corners[0]) || isAt(this.#corners.at(-1)))) this.#close();
    else {
      this.#corners = [...this.#corners, [place.x, place.y]];
      this.layout.draw();
    }
    return true;
  }

  key(event) {
    if (!this.store.values.isLassoing || event.key !== "Enter" || this.#corners.length < 3) return false;
    this.#close();
    return true;
  }

  paint(view) {
    if (this.#corners.length === 0) return;
    const context = view.beginOverlay();
    context.beginPath();
    for (const [index, [x, y]] of this.#corners.entries()) {
      const place = view.viewport.toScreen(x, y);
      if (index === 0) context.moveTo(...place);
      else context.lineTo(...place);
    }
    if (this.store.values.lasso) context.closePath();
    else if (this.#cursor) context.lineTo(this.#cursor.screenX, this.#cursor.screenY);
    context.fillStyle = "rgb(127 127 127 / 0.15)";
    context.fill();
    outline(context, "white", 1.5);
  }

  // ---- closed ----

  async #close() {
    const corners = this.#corners;
    if (corners.length < 3) return this.cancel();
    const polygon = this.layout.map.toLayout(corners);
    const { inside, counts } = this.#inside(polygon);
    this.store.set({ lasso: { inside } });
    this.layout.draw();
    const number = await this.#askClass(counts);
    if (number !== null) await this.session.perform("actions", { action: "lasso", class: number, polygon });
    this.cancel();
  }

  /**
   * A flag per shown site that lies inside, and how many of each class do: `[{label, count}]`, the most first. Decided in
   * layout coordinates, as the server does it.
   */
  #inside(corners) {
    const { values } = this.store;
    const { points } = values;
    const inside = new Uint8Array(points.count);
    const counts = new Map();
    const polygon = new Polygon(corners);
    for (let site = 0; site < points.count; site++) {
      if (points.layoutKinds[site] === Kind.nowhere || !isShown(values, site)) continue;
      if (!polygon.contains(points.layout[2 * site], points.layout[2 * site + 1])) continue;
      inside[site] = 1;
      counts.set(points.labels[site], (counts.get(points.labels[site]) ?? 0) + 1);
    }
    const sorted = [...counts].map(([label, count]) => ({ label, count })).filter(({ label }) => label > 0);
    return { inside, counts: sorted.sort((a, b) => b.count - a.count) };
  }

  async #askClass(counts) {
    const { classes } = this.store.values.project;
    if (counts.length === 0) {
      this.session.notices.message("No column with a class lies inside of the line.");
      return null;
    }
    const options = counts.map(({ label, count: inside }) => {
      const { number, name, count: all } = classes[label - 1];
      return element("option", { value: number }, `${number} · ${name}: ${count(inside)} of ${counted(all, "column")} inside`);
    });
    const select = element("select", { id: "lasso-class" }, options);
    return ask({
      title: "Divide a class by this line",
      content: [
        element("p", {}, "The members of the class that lie inside of the line and those outside become two classes."),
        element("label", { for: "lasso-class" }, "Class to divide"), select,
      ],
      acceptLabel: "Divide",
      accept: () => select.value,
    });
  }
}

function distanceOnScreen(view, [x, y], place) {
  const [screenX, screenY] = view.viewport.toScreen(x, y);
  return Math.hypot(screenX - place.screenX, screenY - place.screenY);
}
