import { getJSON } from "../base/api.js";
import { byId, element, replaceKeepingFocus } from "../base/dom.js";
import { asSentence } from "../base/notices.js";
import { askSettings } from "./command-form.js";
import { MapLegend } from "./map-legend.js";
import { PlaceList } from "./place-list.js";

const kinds = [
  { command: "strain", title: "Strain", opacity: 0.75 },
  { command: "segment", title: "Segmentation", opacity: 0.6 },
  { command: "particles", title: "Particles", opacity: 0.5 },
  { command: "moire", title: "Moire", opacity: 0.5 },
];

/**
 * The panel of the maps: runs the methods beside `analyze`, says what they found or why they found nothing, and lays their maps
 * over the micrograph.
 */
export class MapPanel {
  #shown = "";
  #key = "";

  constructor(store, session, micrograph, scribbles) {
    Object.assign(this, { store, session, scribbles });
    this.command = kinds[0].command;
    this.choice = element("div", { class: "segments", role: "radiogroup", "aria-label": "Method" });
    this.run = element("button", { type: "button", class: "primary", "aria-haspopup": "dialog", onclick: () => this.#run() });
    this.words = element("div", { class: "words", "aria-live": "polite" });
    this.warnings = element("div", { class: "words" });
    this.shown = element("input", { type: "checkbox", onchange: () => this.#set({ isShown: this.shown.checked }) });
    this.layer = element("select", { "aria-label": "Map", onchange: () => this.#choose(this.layer.value) });
    this.opacity = element("input", {
      type: "range", min: 0.05, max: 1, step: 0.01, oninput: () => this.#set({ opacity: Number(this.opacity.value), isShown: true }),
    });
    this.controls = element("div", { class: "map-controls" },
      element("label", { class: "check" }, this.shown, " Show"), this.layer,
      element("label", { class: "slider" }, "Opacity ", this.opacity));
    this.legend = new MapLegend(store);
    this.places = new PlaceList(store, session, micrograph);
    this.files = element("p", { class: "files" });
    byId("panel-maps").append(
      element("div", { class: "bar wrap" }, this.choice, element("span", { class: "space" }), this.run),
      scribbles.section, this.words, this.controls, this.legend.box, this.warnings, this.places.box, this.files);
    this.buttons = kinds.map(({ command, title }) => element("button", {
      type: "button", role: "radio", "data-command": command, onclick: () => this.#select(command),
      onkeydown: (event) => this.#step(event),
    }, title));
    this.choice.append(...this.buttons);
    store.subscribe(["project", "job"], () => this.#show());
    store.subscribe(["overlay"], () => this.#showOverlay());
  }

  get #view() {
    return this.store.values.project?.views.find(({ command }) => command === this.command);
  }

  // ---- which method ----

  #select(command) {
    // A press on the method that is chosen leaves its map, and what the person set of it, in view.
    if (command === this.command && this.store.values.overlay) return;
    this.command = command;
    this.#shown = this.#key = "";
    // Another method's map would be taken for that of this one.
    this.store.set({ overlay: null, mapKey: null, rings: [] });
    this.#show();
  }

  #step(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = this.buttons[(this.buttons.indexOf(event.target) + step + kinds.length) % kinds.length];
    this.#select(next.dataset.command);
    next.focus();
  }

  async #run() {
    const command = await this.session.command(this.command);
    if (!command) return;
    const { project, scribbles } = this.store.values;
    const view = this.#view;
    const drawn = this.command === "segment" ? scribbles : [];
    const answer = await askSettings({
      command, title: `${this.#title} of ${project.name}`, used: view?.settings ?? {}, acceptLabel: "Run",
      hint: drawn.length > 0
        ? "The patterns are those of the scribbles; leave the number of patterns and other files of patterns empty."
        : "What is left empty takes its default or is chosen from the image.",
      columns: command.takes_columns && project.result ? { usesColumns: view?.uses_columns ?? true } : null,
    });
    if (!answer) return;
    await this.session.perform("measurements", {
      command: this.command, settings: answer.settings, uses_columns: answer.usesColumns, scribbles: drawn,
    });
  }

  get #title() {
    return kinds.find(({ command }) => command === this.command).title;
  }

  // ---- what it found ----

  #show() {
    const { project, job } = this.store.values;
    const isBusy = Boolean(job && !job.failed);
    for (const button of this.buttons) {
      const isChosen = button.dataset.command === this.command;
      button.setAttribute("aria-checked", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
    this.run.disabled = !project || isBusy;
    this.run.textContent = "Run…";
    this.run.setAttribute("aria-label", `${this.#title}: run…`);
    this.scribbles.section.hidden = this.command !== "segment" || !project;
    this.#showWords(project);
    const view = this.#view;
    this.controls.hidden = !view?.layers.length;
    this.#showFiles(view);
    const result = view ? `${project.id}/${this.command}/${view.result}` : "";
    if (result === this.#shown) return;
    this.#shown = result;
    this.layer.replaceChildren(...(view?.layers ?? []).map(({ name, title }) => element("option", { value: name }, title)));
    if (view?.layers.length) this.#choose(view.layers[0].name);
    else this.store.set({ overlay: null, mapKey: null });
    this.places.load(view);
  }

  #showWords(project) {
    const view = this.#view;
    const failure = project?.failures[this.command];
    const children = [];
    if (failure) children.push(element("p", { class: "notice error" }, asSentence(failure)));
    if (view) children.push(element("p", {}, view.sentences.map(asSentence).join(" ")));
    if (!view && !failure) children.push(element("p", { class: "hint" }, project ? hints[this.command] : "No micrograph is open."));
    this.words.replaceChildren(...children);
    this.warnings.replaceChildren(...(view?.warnings ?? []).map((warning) => element("p", { class: "notice warning" }, asSentence(warning))));
  }

  #showFiles(view) {
    if (!view) return this.files.replaceChildren();
    const link = (name, title) =>
      element("a", { href: `${this.session.path("views", this.command, "export")}/${name}`, download: "" }, title);
    this.files.replaceChildren("Save ", link("result.zip", "the result folder (zip)"), ", ", link("report.html", "the report"), ", ",
      link("summary.json", "the summary"),
      ...(view.uses_columns ? [", ", link("given/columns.csv", "the columns that were given")] : []),
      ...(view.scribbles.length > 0 ? [", ", link("given/scribbles.tif", "the scribbles")] : []));
  }

  // ---- its maps ----

  async #choose(layer) {
    const view = this.#view;
    const { overlay } = this.store.values;
    const isSame = overlay?.command === this.command;
    const opacity = isSame ? overlay.opacity : kinds.find(({ command }) => command === this.command).opacity;
    this.layer.value = layer;
    const next = { command: this.command, layer, result: view.result, opacity, isShown: true };
    const owner = (this.#key = `${next.command}/${next.layer}/${next.result}`);
    this.store.set({ overlay: next, mapKey: null });
    try {
      const key = await getJSON(this.session.path("views", this.command, "layers", layer));
      if (this.#key === owner) this.store.set({ mapKey: { ...key, owner } });
    } catch (error) {
      this.session.notices.error(error);
    }
  }

  #set(changes) {
    const { overlay } = this.store.values;
    if (overlay) this.store.set({ overlay: { ...overlay, ...changes } });
  }

  #showOverlay() {
    const { overlay } = this.store.values;
    this.shown.checked = Boolean(overlay?.isShown);
    this.opacity.value = overlay?.opacity ?? 0.6;
  }
}

const hints = {
  strain: "Strain and rotation of the lattice, from the columns or by geometric phase.",
  segment: "Phases, grains and faults, by how the image repeats itself. Scribbles, if there are any, say which patterns to look for.",
  particles: "Nanoparticles in transmission, with their outlines, sizes and what is seen of each.",
  moire: "Two hexagonal layers on each other: their twist, and which stacking lies where.",
};
