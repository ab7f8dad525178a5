import { getBytes } from "../base/api.js";
import { byId, element } from "../base/dom.js";
import { LiveRequest } from "../base/live-request.js";
import { count, short } from "../base/numbers.js";

/** Windows that the slider spans, in pixels; the same as those of [A23], but any value between. */
const windows = [2, 32];

/**
 * Columns from the network: one job makes its map, then the two settings of the filter act on the cached map while their
 * sliders move. Nothing changes in the result until "Sort these columns".
 */
export class Filter {
  #candidates = new LiveRequest((settings) => this.#fetch(settings));
  #asked = "";

  constructor(store, session) {
    Object.assign(this, { store, session });
    this.find = element("button", { type: "button", onclick: () => session.perform("map") }, "Find with the network");
    this.window = this.#slider("filter-window", windows[0], windows[1], 0.1, (value) => this.#set({ window: value }));
    this.bound = this.#slider("filter-bound", 0.01, 1, 0.01, (value) => this.#set({ bound: value }));
    this.opacity = this.#slider("filter-opacity", 0, 1, 0.01, (value) => this.#set({ opacity: value }));
    this.shown = element("input", { type: "checkbox", onchange: (event) => this.#set({ isShown: event.target.checked }) });
    this.number = element("p", { class: "figure", "aria-live": "polite" });
    this.defaults = element("button", { type: "button", onclick: () => this.#reset() }, "Default settings");
    this.sort = element("button", { type: "button", class: "primary", onclick: () => this.#sort() }, "Sort these columns");
    this.controls = element("div", { class: "filter" },
      element("label", { class: "check" }, this.shown, " Show the map and its columns"),
      element("div", { class: "fields sliders" },
        this.#row("Filter window", this.window), this.#row("Lower bound", this.bound),
        this.#row("Opacity of the map", this.opacity)),
      this.number, element("div", { class: "buttons" }, this.defaults, this.sort));
    this.hint = element("p", { class: "hint" }, "The network draws a map of where columns stand. A column is a pixel of the map that ",
      "is the largest of its window and above the lower bound.");
    this.section = element("section", { "aria-label": "Columns by the network" },
      element("h3", {}, "Network"), this.hint, this.find, this.controls);
    byId("panel-columns").append(this.section);
    store.subscribe(["project", "job"], () => this.#showProject());
    store.subscribe(["filter"], () => this.#showFilter());
    store.subscribe(["candidates"], () => this.#showNumber());
  }

  #slider(id, min, max, step, take) {
    const output = element("output", { for: id });
    const input = element("input", { id, type: "range", min, max, step, oninput: () => take(Number(input.value)) });
    return { input, output };
  }

  #row(label, { input, output }) {
    return [element("label", { for: input.id }, label), input, output];
  }

  #set(changes) {
    const filter = { ...this.store.values.filter, ...changes };
    this.store.set({ filter: "isShown" in changes ? filter : { ...filter, isShown: true } });
  }

  #reset() {
    const { window, bound } = this.store.values.project.map;
    this.#set({ window, bound, opacity: 0.5 });
  }

  async #sort() {
    const { filter: { window, bound }, project } = this.store.values;
    const body = { settings: project.result?.settings ?? {}, columns: "map", map_filter: { window, bound } };
    if (await this.session.perform("analysis", body)) this.#set({ isShown: false });
  }

  /** Opacity alone needs no new candidates. */
  #ask(settings) {
    const key = JSON.stringify(settings);
    if (key === this.#asked && this.store.values.candidates) return;
    this.#asked = key;
    this.#candidates.ask(settings);
  }

  async #fetch({ window, bound, id }) {
    try {
      const bytes = await getBytes(`${this.session.path("candidates")}?window=${window}&bound=${bound}`);
      if (this.store.values.project?.id === id) this.store.set({ candidates: new Float32Array(bytes) });
    } catch (error) {
      this.session.notices.error(error);
    }
  }

  #showProject() {
    const { project, job } = this.store.values;
    const isBusy = Boolean(job && !job.failed);
    this.find.disabled = !project || isBusy;
    // Once there is a map its sliders need the room, and say the same.
    this.find.hidden = this.hint.hidden = Boolean(project?.map);
    const isNew = this.controls.hidden && Boolean(project?.map);
    this.controls.hidden = !project?.map;
    // In a low window the sliders, which are what comes next, would lie below the edge.
    if (isNew) this.section.scrollIntoView({ block: "start" });
    this.sort.disabled = isBusy;
    if (project?.map && !this.store.values.candidates) this.#showFilter();
  }

  #showFilter() {
    const { filter, project } = this.store.values;
    // The slider reaches as far as the largest window that makes sense for this spacing.
    this.window.input.max = Math.max(windows[1], Math.ceil(project?.map?.window ?? 0));
    this.window.input.value = filter.window;
    this.bound.input.value = filter.bound;
    this.opacity.input.value = filter.opacity;
    this.shown.checked = filter.isShown;
    this.window.output.textContent = `${short(filter.window, 3)} px`;
    this.bound.output.textContent = filter.bound.toFixed(2);
    this.opacity.output.textContent = `${Math.round(100 * filter.opacity)} %`;
    if (project?.map) this.#ask({ window: filter.window, bound: filter.bound, id: project.id });
  }

  #showNumber() {
    const { candidates } = this.store.values;
    this.number.textContent = candidates ? `${count(candidates.length / 3)} columns with these settings` : "";
  }
}
