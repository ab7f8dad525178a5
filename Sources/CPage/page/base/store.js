/**
 * The one place that holds what the page knows. Views read `store.values`, subscribe to names, and never talk to each other:
 * a column selected in the layout is highlighted in the micrograph because both read `selected`.
 *
 * Listeners run in a microtask, once for all changes of a task, so that several `set` calls in a row draw one frame.
 */
export class Store {
  #values;
  #listeners = [];
  #changed = new Set();

  constructor(values) {
    this.#values = values;
  }

  get values() {
    return this.#values;
  }

  /** Takes new values; what equals the old value by identity counts as unchanged. */
  set(changes) {
    const names = Object.keys(changes).filter((name) => !Object.is(this.#values[name], changes[name]));
    if (names.length === 0) return;
    this.#values = { ...this.#values, ...changes };
    if (this.#changed.size === 0) queueMicrotask(() => this.#tell());
    for (const name of names) this.#changed.add(name);
  }

  /** Calls `listener(values)` whenever one of the named values has changed, and once now. */
  subscribe(names, listener) {
    this.#listeners.push({ names, listener });
    listener(this.#values);
  }

  #tell() {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const { names, listener } of this.#listeners) {
      if (names.some((name) => changed.has(name))) listener(this.#values);
    }
  }
}

/**
 * What the page starts with.
 *
 * - `projects`: `[{id, name}]`; `project`: the state that the server gave last, or null
 * - `lost`: `[{id, project, image, has_changed}]`, projects whose images are not where they were
 * - `points`: `Points` of the result (points.js), or null
 * - `selected`, `hovered`: number of a site, or -1; `emphasised`: place of a class in `project.classes` from 1, or 0
 * - `hidden`: numbers of the classes that are not drawn, `""` for sites without a class; `toMerge`: numbers of classes
 * - `mode`: what a click on the micrograph does: select, add, delete, move, scribble
 * - `lasso`: null, or `{inside}`, a flag per site, once it is closed; `isLassoing`: whether the pointer draws one
 * - `contrast`: `{black, white, gamma}`, shares of low..high; `markers`: `{isShown, size}`, a factor
 * - `filter`: `{window, bound, opacity, isShown}` of the network's map; `candidates`: Float32Array of x, y, value, or null
 * - `confidence`: columns whose class is less certain, 0..1, are not drawn
 * - `overlay`: the map of a result over the micrograph, `{command, layer, result, opacity, isShown}`, or null; `mapKey`: what its
 *   colours mean, or null until the server has said it
 * - `rings`: places that a list points at, `[{x, y, color}]` in pixels; `marked`: a flag per site, all others recede, or null
 * - `scribbles`: `[{pattern, radius, line: [[x, y], ...]}]` that are drawn for a segmentation; `brush`: `{pattern, radius}`
 * - `job`: the running job, or null; `tab`: the open panel; `cursor`: place in the micrograph under the pointer, or null
 */
export const initialValues = {
  projects: [],
  lost: [],
  project: null,
  points: null,
  selected: -1,
  hovered: -1,
  emphasised: 0,
  hidden: new Set(),
  toMerge: new Set(),
  mode: "select",
  lasso: null,
  isLassoing: false,
  contrast: { black: 0, white: 1, gamma: 1 },
  markers: { isShown: true, size: 1 },
  filter: { window: 8, bound: 0.3, opacity: 0.5, isShown: false },
  candidates: null,
  confidence: 0,
  overlay: null,
  mapKey: null,
  rings: [],
  marked: null,
  scribbles: [],
  brush: { pattern: 1, radius: 4 },
  job: null,
  tab: "classes",
  cursor: null,
};
