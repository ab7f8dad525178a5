import { components } from "../drawing/class-styles.js";
import { byId, element } from "../base/dom.js";
import { counted } from "../base/numbers.js";

/** Corners of a line are at least this far apart, as a share of its width. */
const cornerShare = 0.5;
/** Colours of the patterns, as those of the map that comes of them. */
const colors = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#f0e442", "#0072b2", "#88ccee"];

/** Lines that are drawn on the micrograph to say which pattern lies where, before it is segmented. */
export class Scribbles {
  #line = null;

  constructor(store, micrograph) {
    Object.assign(this, { store, micrograph });
    micrograph.tools.unshift(this);
    this.draw = element("button", { type: "button", "aria-pressed": "false", onclick: () => this.#toggle() }, "Draw");
    this.pattern = element("input", {
      id: "scribble-pattern", type: "number", min: 1, max: 50, step: 1, value: 1, oninput: () => this.#takeBrush(),
    });
    this.width = element("input", {
      id: "scribble-width", type: "number", min: 1, max: 1000, step: 1, value: 8, oninput: () => this.#takeBrush(),
    });
    this.undo = element("button", { type: "button", onclick: () => this.#set(this.#scribbles.slice(0, -1)) }, "Undo line");
    this.clear = element("button", { type: "button", onclick: () => this.#set([]) }, "Clear");
    this.summary = element("p", { class: "figure", "aria-live": "polite" });
    this.section = element("section", { class: "scribbles", "aria-label": "Scribbles" },
      element("div", { class: "bar wrap" }, element("h3", {}, "Scribbles"), this.draw,
        element("label", { for: "scribble-pattern" }, "Pattern"), this.pattern,
        element("label", { for: "scribble-width" }, "Width, px"), this.width, this.undo, this.clear),
      this.summary);
    store.subscribe(["scribbles", "mode", "brush"], (values) => this.#show(values));
    store.subscribe(["project"], ({ project }) => this.#takeProject(project));
  }

  get #scribbles() {
    return this.store.values.scribbles;
  }

  #toggle() {
    const isOn = this.store.values.mode === "scribble";
    this.store.set({ mode: isOn ? "select" : "scribble" });
    if (!isOn) byId("micrograph").focus();
  }

  #takeBrush() {
    const pattern = Math.min(Math.max(Math.round(Number(this.pattern.value)) || 1, 1), 50);
    const radius = Math.min(Math.max(Number(this.width.value) || 8, 1), 1000) / 2;
    this.store.set({ brush: { pattern, radius } });
  }

  #set(scribbles) {
    this.store.set({ scribbles });
  }

  /** A segmentation by scribbles brings its lines back, so that they can be drawn on. */
  #takeProject(project) {
    const view = project?.views.find(({ command }) => command === "segment");
    const key = view ? `${project.id}/${view.result}` : "";
    if (key === this.known) return;
    this.known = key;
    if (view?.scribbles.length && this.#scribbles.length === 0) this.#set(view.scribbles);
  }

  #show({ scribbles, mode }) {
    this.draw.setAttribute("aria-pressed", String(mode === "scribble"));
    this.undo.disabled = this.clear.disabled = scribbles.length === 0;
    const patterns = new Set(scribbles.map(({ pattern }) => pattern)).size;
    this.summary.textContent = scribbles.length === 0 ? (mode === "scribble" ? "Draw on the micrograph; Escape ends." : "")
      : `${counted(scribbles.length, "line")} of ${counted(patterns, "pattern")}; the segmentation is by these.`;
    byId("micrograph").classList.toggle("lassoing", mode === "scribble");
  }

  // ---- as a tool of the micrograph ----

  press(place) {
    if (this.store.values.mode !== "scribble") return null;
    this.#line = [[place.x, place.y]];
    return {
      move: (next) => {
        const [x, y] = this.#line.at(-1);
        const step = Math.max(cornerShare * this.store.values.brush.radius, 1 / this.micrograph.viewport.scale);
        if (Math.hypot(next.x - x, next.y - y) < step) return;
        this.#line.push([next.x, next.y]);
        this.micrograph.draw();
      },
      release: () => this.#add(this.#line),
      cancel: () => {
        this.#line = null;
        this.micrograph.draw();
      },
    };
  }

  click(place) {
    if (this.store.values.mode !== "scribble") return false;
    this.#add([[place.x, place.y]]);
    return true;
  }

  /** Enter sets a dot at the cross in the middle of the view. */
  key(event) {
    if (this.store.values.mode !== "scribble" || event.key !== "Enter") return false;
    this.#add([[this.micrograph.viewport.x, this.micrograph.viewport.y]]);
    return true;
  }

  #add(line) {
    this.#line = null;
    const { brush, project } = this.store.values;
    const { width, height } = project?.image ?? { width: 0, height: 0 };
    if (!line.some(([x, y]) => x >= 0 && y >= 0 && x < width && y < height)) return this.micrograph.draw();
    const rounded = line.map((corner) => corner.map((value) => Number(value.toFixed(2))));
    this.#set([...this.#scribbles, { ...brush, line: rounded }]);
  }

  paint(view) {
    const { scribbles, brush, mode, overlay } = this.store.values;
    // Over the map that came of them they would hide what they led to.
    if (mode !== "scribble" && (overlay?.isShown || this.store.values.tab !== "maps")) return;
    const lines = this.#line ? [...scribbles, { ...brush, line: this.#line }] : scribbles;
    if (lines.length === 0) return;
    const context = view.beginOverlay();
    context.lineCap = context.lineJoin = "round";
    for (const { pattern, radius, line } of lines) {
      context.beginPath();
      for (const [index, [x, y]] of line.entries()) {
        const place = view.viewport.toScreen(x, y);
        if (index === 0) context.moveTo(...place);
        else context.lineTo(...place);
      }
      if (line.length === 1) context.lineTo(...view.viewport.toScreen(line[0][0] + 1e-3, line[0][1]));
      context.strokeStyle = `rgb(${components(colors[(pattern - 1) % colors.length]).join(" ")} / 0.7)`;
      context.lineWidth = Math.max(2 * radius * view.viewport.scale, 2);
      context.stroke();
      context.fillStyle = "white";
      context.strokeStyle = "rgb(0 0 0 / 0.8)";
      context.lineWidth = 3;
      context.font = `600 ${13 * view.textScale}px sans-serif`;
      const [x, y] = view.viewport.toScreen(...line[0]);
      context.strokeText(String(pattern), x - 4, y + 4);
      context.fillText(String(pattern), x - 4, y + 4);
    }
  }
}
