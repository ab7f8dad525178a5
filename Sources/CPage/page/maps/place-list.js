import { getJSON } from "../base/api.js";
import { element } from "../base/dom.js";
import { count, counted } from "../base/numbers.js";

/** Rows that are made at a time: a list of thousands would take longer than it can be read. */
const rowsAtOnce = 200;

/** The places that a result speaks of, such as particles: a list that leads to each. */
export class PlaceList {
  #wanted = "";
  #places = [];
  #chosen = -1;

  constructor(store, session, micrograph) {
    Object.assign(this, { store, session, micrograph });
    this.list = element("ul", { class: "places" });
    this.more = element("button", { type: "button", onclick: () => this.#more() });
    this.title = element("h3", {});
    this.box = element("section", { "aria-label": "Places of the result", hidden: true }, this.title, this.list, this.more);
  }

  /** @param view an entry of `project.views`, or undefined */
  async load(view) {
    this.#wanted = view ? `${view.command}/${view.result}` : "";
    const wanted = this.#wanted;
    this.#places = [];
    this.#show();
    if (!view || !["particles", "moire"].includes(view.command)) return;
    try {
      const places = await getJSON(this.session.path("views", view.command, "places"));
      if (this.#wanted !== wanted) return;
      this.#places = places;
      this.title.textContent = counted(places.length, view.command === "moire" ? "anchor" : "particle");
      this.#show();
    } catch (error) {
      this.session.notices.error(error);
    }
  }

  #show() {
    this.#chosen = -1;
    this.list.replaceChildren();
    this.box.hidden = this.#places.length === 0;
    this.store.set({ rings: [] });
    this.#more();
  }

  #more() {
    const first = this.list.children.length;
    const rows = this.#places.slice(first, first + rowsAtOnce);
    this.list.append(...rows.map((place, at) => this.#row(place, first + at)));
    const left = this.#places.length - this.list.children.length;
    this.more.hidden = left === 0;
    this.more.textContent = `Show more: ${count(left)} are left`;
  }

  #row(place, at) {
    const field = element("span", { class: "field", "aria-hidden": "true" });
    field.style.background = place.color;
    const rest = element("dl", { hidden: true }, place.fields.flatMap(([name, value]) =>
      [element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, value)]));
    const button = element("button", {
      type: "button", class: "place", "aria-expanded": "false", onclick: () => this.#go(at),
    }, field, element("span", {}, place.title), element("span", { class: "faint" }, place.text));
    return element("li", {}, button, rest);
  }

  /** Flies to a place, rings it, and opens its row of the table; a second press closes the row. */
  #go(at) {
    const isClosing = this.#chosen === at;
    this.#chosen = isClosing ? -1 : at;
    for (const [index, row] of [...this.list.children].entries()) {
      const isOpen = index === this.#chosen;
      row.querySelector("button").setAttribute("aria-expanded", String(isOpen));
      row.querySelector("dl").hidden = !isOpen;
    }
    if (isClosing) return this.store.set({ rings: [] });
    const { x, y } = this.#places[at];
    this.store.set({ rings: [{ x, y }] });
    const { image } = this.store.values.project;
    this.micrograph.flyTo(x, y, Math.min(image.width, image.height) / 4);
  }
}
