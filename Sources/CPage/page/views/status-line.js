import { byId, element } from "../base/dom.js";
import { short } from "../base/numbers.js";

/** The line at the foot: place and value under the pointer, the column there, and the zoom. */
export class StatusLine {
  constructor(store, micrograph) {
    Object.assign(this, { store, micrograph });
    this.parts = Object.fromEntries(["place", "value", "site", "zoom", "file"].map((name) => [name, element("span", { class: name })]));
    byId("status").append(...Object.values(this.parts));
    store.subscribe(["cursor", "project"], () => this.#showCursor());
    store.subscribe(["hovered", "selected", "points", "project"], () => this.#showSite());
    store.subscribe(["project"], ({ project }) => this.#showFile(project));
    byId("micrograph").addEventListener("viewchange", () => this.#showZoom());
    this.#showZoom();
  }

  #showCursor() {
    const { cursor, project } = this.store.values;
    const { place, value } = this.parts;
    if (!cursor || !project) {
      place.textContent = project ? `${project.image.width} × ${project.image.height} px${this.#field(project.image)}` : "";
      value.textContent = "";
      return;
    }
    const size = project.image.pixel_size_nm;
    const inNanometres = size ? ` · ${(cursor.x * size.x).toFixed(3)}, ${(cursor.y * size.y).toFixed(3)} nm` : "";
    place.textContent = `x ${cursor.x.toFixed(1)}, y ${cursor.y.toFixed(1)} px${inNanometres}`;
    const found = this.micrograph.valueAt(cursor.x, cursor.y);
    const mean = found?.step > 1 ? ` (mean of ${found.step} × ${found.step} px)` : "";
    value.textContent = found ? `value ${short(found.value)}${project.image.unit ? ` ${project.image.unit}` : ""}${mean}` : "";
  }

  #field({ width, height, pixel_size_nm: size }) {
    return size ? ` · ${short(width * size.x, 3)} × ${short(height * size.y, 3)} nm` : " · not calibrated";
  }

  #showSite() {
    const { points, project, hovered, selected } = this.store.values;
    const site = hovered >= 0 ? hovered : selected;
    if (!points || site < 0 || site >= points.count) return void (this.parts.site.textContent = "");
    const kind = points.kinds[site] === 1 ? "vacant node" : "column";
    const looks = project.classes[points.labels[site] - 1];
    const confidence = (points.confidences[site] / 255).toFixed(2);
    this.parts.site.textContent = `${hovered >= 0 ? "" : "selected: "}${kind} ${site}: ${looks ? `${looks.number} · ${looks.name}, confidence ${confidence}` : "no class"}`;
  }

  #showZoom() {
    this.parts.zoom.textContent = `zoom ${short(100 * this.micrograph.viewport.scale * this.micrograph.ratio, 3)} %`;
  }

  #showFile(project) {
    const { file } = this.parts;
    file.textContent = !project ? "" : project.project_file ? "kept in the project file" : "nothing is kept: the project file cannot be written";
    file.title = project?.project_file ?? "";
  }
}
