import { getJSON } from "../base/api.js";
import { treeRows } from "./class-tree.js";
import { byId, element, replaceKeepingFocus } from "../base/dom.js";
import { swatch } from "../drawing/markers.js";
import { count, counted } from "../base/numbers.js";
import { drawPatch } from "./patch-picture.js";
import { askSplit } from "./split.js";

/** A pointer on its way across the list emphasises nothing; one that rests this long on a class does, in ms. */
const restTime = 200;

/** The classes as the tree they were divided into: show and hide, rename, split, and choose for a merger. */
export class ClassList {
  #averages = new Map();
  #renaming = null;
  /** What has been typed of a new name: the list may be drawn anew meanwhile, because a job ends, for example. */
  #draft = null;
  #isRendering = false;
  /** The class that is emphasised, or will be once the pointer has rested on it; 0 for none. */
  #pointed = 0;

  constructor(store, session) {
    Object.assign(this, { store, session });
    this.sentences = element("p", { class: "sentences" });
    this.showAll = element("input", { type: "checkbox", "data-key": "all", onchange: () => this.#toggleAll() });
    this.merge = element("button", { type: "button", onclick: () => this.#merge() }, "Merge selected");
    this.list = element("ul", { class: "classes" });
    this.least = element("input", {
      type: "range", min: 0, max: 1, step: 0.01, value: 0, oninput: () => store.set({ confidence: Number(this.least.value) }),
    });
    this.leastText = element("output", {});
    this.empty = element("p", { class: "hint" });
    this.tools = element("div", {},
      element("div", { class: "bar" },
        element("label", { class: "check" }, this.showAll, " Show all"), element("span", { class: "space" }), this.merge),
      this.sentences,
      element("div", { class: "bar" }, element("label", { class: "slider" }, "Least confidence ", this.least), this.leastText),
      element("div", { class: "class-heads faint", "aria-hidden": "true" },
        element("span", {}, "Show"), element("span", {}, "Merge")));
    byId("panel-classes").append(this.tools, this.empty, this.list);
    this.#watchPointer();
    // Averages are fetched for the rows that are seen: there may be a thousand classes.
    this.observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) this.#loadAverage(target);
    });
    store.subscribe(["project"], () => this.#render());
    store.subscribe(["hidden", "toMerge"], () => this.#showChoices());
    store.subscribe(["confidence", "points"], (values) => this.#showLeast(values));
    store.subscribe(["selected", "hovered", "points"], (values) => this.#showSite(values));
  }

  #render() {
    const { project } = this.store.values;
    this.sentences.textContent = [...(project?.result?.sentences ?? []), ...classesNow(project)].join(" ");
    this.tools.hidden = !project?.result;
    this.empty.hidden = Boolean(project?.result);
    this.empty.textContent = project
      ? "This micrograph is not analysed yet: press Analyse." : "No micrograph is open: press Open, or drop a file here.";
    this.observer.disconnect();
    // Under the pointer there may be another class now.
    this.#emphasise(0, 0);
    const rows = project ? treeRows(project.tree, project.classes) : [];
    this.#isRendering = true;
    replaceKeepingFocus(this.list, rows.map((row) => (row.living ? this.#row(row) : this.#goneRow(row))));
    this.#isRendering = false;
    if (this.#renaming && project) this.list.querySelector(".rename input")?.focus();
    this.#showChoices();
    this.#showSite(this.store.values);
  }

  #goneRow({ node, depth }) {
    return indented(element("li", { class: "gone" }, element("span", { class: "number" }, node.number), " ", node.name,
      element("span", { class: "faint" }, ` divided, ${counted(node.count, "column")}`)), depth);
  }

  #row({ node, living, label, depth }) {
    const { number, name } = living;
    const shown = element("input", {
      type: "checkbox", "data-key": `show ${number}`, "data-show": number, "aria-label": `Show class ${number}, ${name}`,
      onchange: ({ target }) => this.#show(number, target.checked),
    });
    const merge = element("input", {
      type: "checkbox", "data-key": `merge ${number}`, "data-merge": number,
      "aria-label": `Select class ${number}, ${name}, for a merger`,
      onchange: ({ target }) => this.#choose(number, target.checked),
    });
    const split = element("button", {
      type: "button", "data-key": `split ${number}`, "aria-label": `Split class ${number}, ${name}`,
      onclick: () => this.#split(living),
    }, "Split");
    const average = element("canvas", {
      width: 1, height: 1, class: "average", "data-number": number, role: "img",
      "aria-label": `Average patch of class ${number}`,
    });
    this.#drawAverage(average);
    this.observer.observe(average);
    const title = element("div", { class: "title" }, element("span", { class: "number" }, number), this.#name(living));
    const row = element("li", { "data-label": label }, shown, average, swatch(living.color, living.marker),
    element("div", { class: "what" }, title, element("div", { class: "faint" }, facts(node, living))), split, merge);
    return indented(row, depth);
  }

  /**
   * The class that the pointer was moved to is emphasised. A browser reports the pointer anew where a list appears under it; a hand
   * has moved it only where its place has changed, and what comes to lie under a resting pointer was not pointed at.
   */
  #watchPointer() {
    let last = "";
    let hasMoved = false;
    const note = ({ screenX, screenY }) => {
      const place = `${screenX},${screenY}`;
      hasMoved = last !== "" && place !== last;
      last = place;
    };
    for (const type of ["pointermove", "pointerdown"]) addEventListener(type, note, { capture: true, passive: true });
    this.list.addEventListener("pointermove", ({ target }) => {
      if (hasMoved) this.#emphasise(Number(target.closest("li")?.dataset.label ?? 0), restTime);
    });
    this.list.addEventListener("pointerleave", () => this.#emphasise(0, 0));
  }

  /** Lets all other classes recede in both views; a pointer that moves within one class does not begin to rest anew. */
  #emphasise(label, delay) {
    if (label === this.#pointed) return;
    this.#pointed = label;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.store.set({ emphasised: label }), delay);
  }

  // ---- names ----

  #name({ number, name }) {
    if (this.#renaming === number) return this.#nameField(number, name);
    return element("button", {
      type: "button", class: "name", title: "Rename", "data-key": `name ${number}`,
      "aria-label": `${name}: rename class ${number}`,
      onclick: () => this.#rename(number),
    }, name);
  }

  #nameField(number, name) {
    const field = element("input", {
      type: "text", value: this.#draft ?? name, "data-key": `name ${number}`, "aria-label": `New name of class ${number}`,
      maxlength: 200, oninput: ({ target }) => (this.#draft = target.value),
    });
    const finish = async (isAccepted) => {
      // A field that is taken away with the old list has not been left by the person.
      if (this.#renaming !== number || this.#isRendering) return;
      this.#renaming = this.#draft = null;
      const wanted = field.value.trim();
      if (isAccepted && wanted && wanted !== name) {
        await this.session.perform("actions", { action: "name", class: number, name: wanted });
      }
      this.#render();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") finish(true);
      if (event.key === "Escape") finish(false);
      event.stopPropagation();
    });
    field.addEventListener("blur", () => finish(true));
    return element("span", { class: "rename" }, field);
  }

  #rename(number) {
    this.#renaming = number;
    this.#draft = null;
    this.#render();
    const field = this.list.querySelector(".rename input");
    field?.focus();
    field?.select();
  }

  // ---- actions ----

  async #split({ number, name }) {
    const options = await askSplit(number, name);
    if (options) await this.session.perform("actions", { action: "split", class: number, ...options });
  }

  async #merge() {
    const classes = [...this.store.values.toMerge];
    if (await this.session.perform("actions", { action: "merge", classes })) this.store.set({ toMerge: new Set() });
  }

  #choose(number, isChosen) {
    const toMerge = new Set(this.store.values.toMerge);
    if (isChosen) toMerge.add(number);
    else toMerge.delete(number);
    this.store.set({ toMerge });
  }

  #show(number, isShown) {
    const hidden = new Set(this.store.values.hidden);
    if (isShown) hidden.delete(number);
    else hidden.add(number);
    this.store.set({ hidden });
  }

  #toggleAll() {
    const numbers = this.store.values.project?.classes.map(({ number }) => number) ?? [];
    this.store.set({ hidden: new Set(this.showAll.checked ? [] : [...numbers, ""]) });
  }

  // ---- what changes without a new list ----

  #showChoices() {
    const { hidden, toMerge, project } = this.store.values;
    for (const box of this.list.querySelectorAll("[data-show]")) box.checked = !hidden.has(box.dataset.show);
    for (const box of this.list.querySelectorAll("[data-merge]")) box.checked = toMerge.has(box.dataset.merge);
    this.showAll.checked = hidden.size === 0;
    this.showAll.indeterminate = hidden.size > 0 && hidden.size < (project?.classes.length ?? 0) + 1;
    this.showAll.disabled = !project?.result;
    this.merge.disabled = toMerge.size < 2;
    this.merge.textContent = toMerge.size < 2 ? "Merge selected" : `Merge ${toMerge.size} classes`;
  }

  /** How many columns are sure enough to be drawn. */
  #showLeast({ confidence, points }) {
    this.least.value = confidence;
    let left = 0;
    if (points && confidence > 0) {
      for (let site = 0; site < points.count; site++) if (points.labels[site] > 0 && points.confidences[site] < 255 * confidence) left++;
    }
    this.leastText.textContent = confidence > 0 ? `${confidence.toFixed(2)}: ${count(left)} not drawn` : "all drawn";
  }

  /** Tints the row of the class of the selected and of the hovered site. */
  #showSite({ points, selected, hovered }) {
    const labelOf = (site) => (points && site >= 0 && site < points.count ? points.labels[site] : 0);
    const [chosen, pointed] = [labelOf(selected), labelOf(hovered)];
    for (const row of this.list.children) {
      const label = Number(row.dataset.label ?? 0);
      row.classList.toggle("selected", label > 0 && label === chosen);
      row.classList.toggle("hovered", label > 0 && label === pointed);
    }
  }

  async #loadAverage(canvas) {
    const { project } = this.store.values;
    const { number } = canvas.dataset;
    const key = `${project.id}/${project.revision}`;
    if (this.#averages.get(number)?.key === key) return;
    try {
      const { side, values } = await getJSON(this.session.path("average", number));
      this.#averages.set(number, { key, side, values });
      for (const shown of this.list.querySelectorAll("canvas")) if (shown.dataset.number === number) this.#drawAverage(shown);
    } catch (error) {
      // A class that an action has just removed has no average; its row is about to go.
      if (this.store.values.project === project) this.session.notices.error(error);
    }
  }

  /** The last known picture, also of an older revision, until the new one is there: no flicker after each action. */
  #drawAverage(canvas) {
    const known = this.#averages.get(canvas.dataset.number);
    if (known?.values) drawPatch(canvas, known.side, known.values);
  }
}

/** What the sentences of the analysis do not know: how many classes there are after what was done to them. */
function classesNow(project) {
  const actions = project?.result?.class_actions ?? 0;
  if (actions === 0) return [];
  const number = project.classes.filter((entry) => entry.count > 0).length;
  return [`Now ${number === 1 ? "one class" : `${number} classes`}, after ${counted(actions, "action")}.`];
}

/** "1,747 (1,740–1,750) · confidence 0.98, from 3 and 4". */
function facts({ parents }, { count: members, count_low: low, count_high: high, confidence }) {
  const interval = low === high ? "" : ` (${count(low)}–${count(high)})`;
  const origin = parents.length > 1 ? `, from ${parents.join(" and ")}` : "";
  return `${count(members)}${interval} · confidence ${confidence.toFixed(2)}${origin}`;
}

function indented(row, depth) {
  row.style.setProperty("--depth", depth);
  return row;
}
