import { byId, element } from "../base/dom.js";
import { short } from "../base/numbers.js";
import { classWords, kindOfSite } from "./site-words.js";

/** The line at the foot: place and value under the pointer, the column there, and the zoom. */
export class StatusLine {
  constructor(store, micrograph) {
    Object.assign(this, { store, micrograph });
    const names = ["place", "value", "map", "site", "zoom", "file"];
    this.parts = Object.fromEntries(names.map((name) => [name, element("span", { class: name })]));
    this.spoken = element("span", { class: "unseen", role: "status" });
    byId("status").append(...Object.values(this.parts), this.spoken);
    store.subscribe(["cursor", "project"], () => this.#showCursor());
    store.subscribe(["hovered", "selected", "points", "project"], () => this.#showSite());
    store.subscribe(["selected"], (values) => (this.spoken.textContent = this.#wordsOf(values.selected)));
    store.subscribe(["project"], ({ project }) => this.#showFile(project));
    store.subscribe(["project"], () => this.#showZoom());
    byId("micrograph").addEventListener("viewchange", () => this.#showZoom());
  }

  #showCursor() {
    const { cursor, project } = this.store.values;
    const { place, value } = this.parts;
    if (!cursor || !project) {
      place.textContent = project ? `${project.image.width} × ${project.image.height} px${this.#field(project.image)}` : "";
      value.textContent = this.parts.map.textContent = "";
      return;
    }
    const size = project.image.pixel_size_nm;
    const inNanometres = size ? ` · ${(cursor.x * size.x).toFixed(3)}, ${(cursor.y * size.y).toFixed(3)} nm` : "";
    place.textContent = `x ${cursor.x.toFixed(1)}, y ${cursor.y.toFixed(1)} px${inNanometres}`;
    this.parts.map.textContent = this.#mapWords(cursor.x, cursor.y);
    const found = this.micrograph.valueAt(cursor.x, cursor.y);
    const mean = found?.step > 1 ? ` (mean of ${found.step} × ${found.step} px)` : "";
    value.textContent = found ? `value ${short(found.value)}${project.image.unit ? ` ${project.image.unit}` : ""}${mean}` : "";
  }

  /** "exx −0.012", or "pattern 2". */
  #mapWords(x, y) {
    const { mapKey } = this.store.values;
    const found = this.micrograph.mapAt(x, y);
    if (!found || !mapKey) return "";
    if (mapKey.kind === "values") return `${mapKey.title} ${short(found.value, 3)}`;
    return mapKey.entries.find(({ label }) => label === found.value)?.name ?? `${mapKey.title.replace(/s$/, "")} ${found.value}`;
  }

  #field({ width, height, pixel_size_nm: size }) {
    return size ? ` · ${short(width * size.x, 3)} × ${short(height * size.y, 3)} nm` : " · not calibrated";
  }

  #showSite() {
    const { hovered, selected } = this.store.values;
    const words = this.#wordsOf(hovered >= 0 ? hovered : selected);
    this.parts.site.textContent = words && hovered < 0 ? `selected: ${words}` : words;
  }

  /** "column 12: 2 · motif 2, confidence 0.98"; also what a screen reader says of a newly selected column. */
  #wordsOf(site) {
    const { values } = this.store;
    if (!values.points || site < 0) return "";
    if (site >= values.points.count) return "added column";
    return `${kindOfSite(values.points, site)} ${site}: ${classWords(values, site)}`;
  }

  #showZoom() {
    const { viewport, ratio } = this.micrograph;
    this.parts.zoom.textContent = this.store.values.project ? `zoom ${short(100 * viewport.scale * ratio, 3)} %` : "";
  }

  #showFile(project) {
    const { file } = this.parts;
    const isKept = Boolean(project?.project_file);
    file.textContent = !project ? "" : isKept ? "kept in the project file" : "not kept: the project file cannot be written";
    file.title = project?.project_file ?? "";
  }
}
