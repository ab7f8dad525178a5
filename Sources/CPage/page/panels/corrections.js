import { drawMoved } from "../views/correction-marks.js";
import { byId, element } from "../base/dom.js";
import { directionOf } from "../drawing/highlight.js";
import { counted, short } from "../base/numbers.js";
import { placeBefore, placeOf } from "../views/pending.js";

const modes = [
  { mode: "select", label: "Select", key: "v" },
  { mode: "add", label: "Add", key: "a" },
  { mode: "delete", label: "Delete", key: "d" },
  { mode: "move", label: "Move", key: "m" },
];

/** What a press of Alt and an arrow key moves the selected column by, in pixels of the image; with Shift ten times as much. */
const nudge = 0.5;

/**
 * Adding, deleting and moving columns by hand. Corrections wait on the server, can be undone one by one, and are taken up by
 * "Fit and sort again".
 */
export class Corrections {
  #ghost = null;

  constructor(store, session, micrograph) {
    Object.assign(this, { store, session, micrograph });
    micrograph.tools.push(this);
    this.#makeModes();
    this.summary = element("p", { class: "figure", "aria-live": "polite" });
    this.apply = element("button", { type: "button", class: "primary", onclick: () => this.#apply() }, "Fit and sort again");
    this.keep = element("input", { type: "checkbox", checked: true, "aria-describedby": "keep-classes-help" });
    this.keepChoice = element("div", { hidden: true },
      element("label", { class: "check" }, this.keep, " Keep the classes as they are now"),
      element("p", { class: "hint", id: "keep-classes-help" },
        "Every column goes to the class whose average it fits. Otherwise classes are found anew, without your names, mergers and divisions."));
    byId("panel-columns").append(
      element("section", { "aria-label": "Corrections" },
        element("h3", {}, "Corrections"),
        element("p", { class: "hint" }, "Choose Add, Delete or Move above the micrograph, then click or drag. ",
          "Corrections wait until the columns are fitted and sorted again."),
        this.summary, this.keepChoice, element("div", { class: "buttons" }, this.apply)));
    store.subscribe(["project", "points", "job"], () => this.#showSummary());
    store.subscribe(["mode"], ({ mode }) => this.#showMode(mode));
    micrograph.host.addEventListener("keyup", (event) => event.key === "Alt" && this.#finishNudge());
    micrograph.host.addEventListener("focus", () => micrograph.draw());
    micrograph.host.addEventListener("blur", () => {
      this.#finishNudge();
      micrograph.draw();
    });
  }

  // ---- modes ----

  #makeModes() {
    this.buttons = modes.map(({ mode, label, key }) =>
      element("button", {
        type: "button", role: "radio", "data-mode": mode,
        title: `${label} (${key.toUpperCase()})`, "aria-keyshortcuts": key.toUpperCase(),
        onclick: () => this.store.set({ mode }),
        onkeydown: (event) => this.#stepMode(event),
      }, label));
    byId("modes").append(...this.buttons);
  }

  /** Arrow keys within a group of radio buttons, as everywhere. */
  #stepMode(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (this.buttons.indexOf(event.target) + step + modes.length) % modes.length;
    this.store.set({ mode: modes[at].mode });
    this.buttons[at].focus();
  }

  #showMode(mode) {
    for (const button of this.buttons) {
      const isChosen = button.dataset.mode === mode;
      button.setAttribute("aria-checked", String(isChosen));
      // Where none is chosen, as while scribbles are drawn, the first can be reached.
      const isFirst = button === this.buttons[0] && !modes.some((entry) => entry.mode === mode);
      button.tabIndex = isChosen || isFirst ? 0 : -1;
    }
    this.micrograph.host.dataset.mode = mode;
  }

  /** The mode that a key stands for, or undefined. */
  static modeOfKey(key) {
    return modes.find((entry) => entry.key === key)?.mode;
  }

  // ---- as a tool of the micrograph ----

  press(place) {
    if (this.store.values.mode !== "move" || !this.#isResult) return null;
    const site = this.micrograph.siteAt(place);
    if (site < 0) return null;
    this.store.set({ selected: site });
    return {
      move: (next) => this.#drag({ site, x: next.x, y: next.y }),
      release: () => this.#commit(),
      cancel: () => this.#drag(null),
    };
  }

  click(place) {
    const { mode } = this.store.values;
    if (mode === "add") this.#add(place.x, place.y);
    else if (mode === "delete") this.#remove(this.micrograph.siteAt(place));
    else return false;
    return true;
  }

  key(event) {
    const { mode, selected } = this.store.values;
    const isDelete = ["Delete", "Backspace"].includes(event.key) || (event.key === "Enter" && mode === "delete");
    const isNudge = event.altKey && event.key.startsWith("Arrow") && mode === "move";
    if (event.key === "Enter" && mode === "add") this.#add(this.micrograph.viewport.x, this.micrograph.viewport.y);
    else if (isDelete && selected >= 0) this.#remove(selected);
    else if (isNudge && selected >= 0) this.#nudge(event);
    else return false;
    return true;
  }

  paint(view) {
    const { points, project } = this.store.values;
    if (!this.#ghost || !points) return;
    const { site, x, y } = this.#ghost;
    const from = view.viewport.toScreen(...placeBefore(points, project.corrections.added, site));
    drawMoved(view.beginOverlay(), from, view.viewport.toScreen(x, y), Math.max(view.markerRadius, 3));
  }

  // ---- changes ----

  get #isResult() {
    return Boolean(this.store.values.project?.result);
  }

  #add(x, y) {
    const { width, height } = this.store.values.project?.image ?? { width: 0, height: 0 };
    if (!this.#isResult) return this.session.notices.message("Columns can be added once the micrograph has been analysed.");
    if (x < 0 || y < 0 || x > width - 1 || y > height - 1) return;
    this.session.perform("corrections", { add: [[x, y]] });
  }

  #remove(site) {
    if (site < 0 || this.store.values.project.corrections.removed.includes(site)) return;
    this.session.perform("corrections", { remove: [site] });
  }

  #drag(ghost) {
    this.#ghost = ghost;
    this.micrograph.draw();
  }

  #nudge(event) {
    const { points, selected, project } = this.store.values;
    const [byX, byY] = directionOf(event.key);
    const [x, y] = this.#ghost ? [this.#ghost.x, this.#ghost.y] : placeOf(points, project.corrections, selected);
    const step = nudge * (event.shiftKey ? 10 : 1);
    this.#drag({ site: selected, x: x + byX * step, y: y + byY * step });
  }

  /** The steps of one hold of Alt are one correction. */
  #finishNudge() {
    if (this.#ghost) this.#commit();
  }

  async #commit() {
    const ghost = this.#ghost;
    if (!ghost) return;
    await this.session.perform("corrections", { move: [[ghost.site, ghost.x, ghost.y]] });
    this.#drag(null);
  }

  async #apply() {
    const { project } = this.store.values;
    await this.session.perform("analysis", {
      settings: project.result?.settings ?? {}, columns: "corrected", keeps_classes: !this.keepChoice.hidden && this.keep.checked,
    });
  }

  #showSummary() {
    const { project, job } = this.store.values;
    const { added = [], removed = [], moved = [] } = project?.corrections ?? {};
    const sites = this.store.values.points?.count ?? 0;
    const isGone = new Set(removed);
    const counts = [
      [added.filter((_, index) => !isGone.has(sites + index)).length, "added"],
      [removed.filter((site) => site < sites).length, "deleted"],
      [moved.filter(([site]) => !isGone.has(site)).length, "moved"],
    ].filter(([number]) => number > 0);
    // Where nothing was done to the classes, there is nothing to lose.
    this.keepChoice.hidden = !project?.result?.class_actions;
    this.apply.disabled = counts.length === 0 || Boolean(job && !job.failed);
    this.summary.textContent = counts.length === 0 ? "No corrections wait."
      : `${counts.map(([number, word]) => `${counted(number, "column")} ${word}`).join(", ")}.`;
    this.summary.title = moved.map(([site, x, y]) => `column ${site} to ${short(x)}, ${short(y)}`).join("\n");
  }
}
