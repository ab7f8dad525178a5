import { byId, element } from "../base/dom.js";

const files = [
  ["result.zip", "Everything, as a result folder (zip)"],
  ["sites.csv", "Columns (sites.csv)"],
  ["classes.csv", "Classes (classes.csv)"],
  ["recipe.json", "What was done, to be replayed (recipe.json)"],
  ["report.html", "Report (report.html)"],
];

/** The menu of downloads. It is a popover: Escape or a click beside it closes it, and links are ordinary links. */
export class Exports {
  constructor(store, session, micrograph) {
    Object.assign(this, { store, session, micrograph });
    this.menu = byId("export-menu");
    this.button = byId("export");
    this.menu.addEventListener("toggle", ({ newState }) => newState === "open" && this.#open());
    this.menu.addEventListener("keydown", (event) => this.#step(event));
    store.subscribe(["project"], ({ project }) => (this.button.disabled = !project));
  }

  #open() {
    const box = this.button.getBoundingClientRect();
    this.menu.style.top = `${box.bottom + 4}px`;
    this.menu.style.right = `${innerWidth - box.right}px`;
    const { project, filter } = this.store.values;
    const links = project.result ? files.map(([name, title]) => this.#link(name, title)) : [];
    if (project.map) links.push(this.#link("points.csv", "Columns of the network's map (points.csv)", `?window=${filter.window}&bound=${filter.bound}`));
    const image = element("button", { type: "button", onclick: () => this.#saveView() }, "Micrograph as it is shown (PNG)");
    this.menu.replaceChildren(...links, image);
    this.menu.querySelector("a, button").focus();
  }

  #link(name, title, query = "") {
    return element("a", { href: this.session.path("export", name) + query, download: name, onclick: () => this.menu.hidePopover() }, title);
  }

  /** Arrow keys walk through the menu, as through any other. */
  #step(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.menu.querySelectorAll("a, button")];
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  }

  /** Image, markers and corrections at the resolution of the screen, with the scale bar. */
  async #saveView() {
    this.menu.hidePopover();
    const { canvas, overlayCanvas } = this.micrograph;
    const picture = new OffscreenCanvas(canvas.width, canvas.height);
    const context = picture.getContext("2d");
    // A WebGL canvas forgets its pixels after the task that drew them.
    this.micrograph.drawNow();
    context.drawImage(canvas, 0, 0);
    context.drawImage(overlayCanvas, 0, 0);
    this.micrograph.scaleBar?.paint(context, this.micrograph);
    const address = URL.createObjectURL(await picture.convertToBlob({ type: "image/png" }));
    const name = `${this.store.values.project.name.replace(/\.[^.]*$/, "")}.png`;
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
