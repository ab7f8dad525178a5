import { getBytes } from "../base/api.js";
import { byId, element } from "../base/dom.js";
import { showMethods } from "../structure/methods.js";

/**
 * The folder may be gigabytes: the browser writes it to disk as it arrives. Everything else is fetched first, so that a refusal
 * is a sentence in the page.
 */
const streamed = "result.zip";

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
    if (project.result?.uses_columns) links.push(this.#link("columns.csv", "Columns that were given to the analysis (columns.csv)"));
    if (project.map) {
      const query = `?window=${filter.window}&bound=${filter.bound}`;
      links.push(this.#link("points.csv", "Columns of the network's map (points.csv)", query));
    }
    const image = element("button", { type: "button", onclick: () => this.#saveView() }, "Micrograph as it is shown (PNG)");
    const methods = element("button", { type: "button", onclick: () => this.#showMethods() }, "Methods, for a paper, and commands…");
    this.menu.replaceChildren(...links, methods, image);
    this.menu.querySelector("a, button").focus();
  }

  #showMethods() {
    this.menu.hidePopover();
    const stem = this.store.values.project.name.replace(/\.[^.]*$/, "");
    showMethods(this.session, (blob, name) => this.#save(blob, `${stem}.${name}`));
  }

  #link(name, title, query = "") {
    const address = this.session.path("export", name) + query;
    const follow = (event) => {
      this.menu.hidePopover();
      if (name === streamed) return;
      event.preventDefault();
      this.#fetch(address, `${this.store.values.project.name.replace(/\.[^.]*$/, "")}.${name}`);
    };
    return element("a", { href: address, download: name, onclick: follow }, title);
  }

  async #fetch(address, name) {
    try {
      this.#save(new Blob([await getBytes(address)]), name);
    } catch (error) {
      this.session.notices.error(error);
    }
  }

  #save(blob, name) {
    const address = URL.createObjectURL(blob);
    element("a", { href: address, download: name }).click();
    // The download has begun by then; an address that is never given back would keep the bytes in memory.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
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
    const name = this.store.values.project.name.replace(/\.[^.]*$/, "");
    this.#save(await picture.convertToBlob({ type: "image/png" }), `${name}.png`);
  }
}
