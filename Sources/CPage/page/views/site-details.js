import { getJSON } from "../base/api.js";
import { element } from "../base/dom.js";
import { short } from "../base/numbers.js";
import { swatch } from "../drawing/markers.js";
import { drawPatch, rangeOf } from "../panels/patch-picture.js";
import { classOfSite, classWords, kindOfSite } from "./site-words.js";

/** Fields that the card says in its title and first line. */
const titleFields = ["id", "class", "class_name", "confidence", "kind"];
/** Fields of the row that are shown at once, in this order; the others are folded away. */
const mainFields = [
  "x", "y", "x_nm", "y_nm", "amplitude", "sigma_major", "sigma_minor", "intensity", "probability", "fit_quality", "fit_flag",
  "fit_probability", "outlier_z", "outlier_q",
];

/** The card of the selected column: its patch beside what the motif explains of it, its row of the table, its neighbours. */
export class SiteDetails {
  #wanted = "";

  constructor(store, session, micrograph) {
    Object.assign(this, { store, session, micrograph });
    this.card = element("aside", { class: "card", "aria-label": "Selected column", hidden: true });
    micrograph.host.append(this.card);
    // The value of a map that was still on its way.
    micrograph.host.addEventListener("maptile", () => this.details && !this.card.hidden && !this.hasMap && this.#fill(this.details));
    store.subscribe(["selected", "points", "project", "mode", "mapKey"], (values) => this.#show(values));
  }

  async #show({ selected, points, project, mode, mapKey }) {
    // While columns are corrected, nothing should cover the micrograph.
    if (!project || !(selected >= 0 && selected < points?.count) || mode !== "select") {
      this.#wanted = "";
      this.card.hidden = true;
      return;
    }
    const key = `${project.id}/${project.revision}/${selected}/${mapKey?.owner ?? ""}`;
    if (key === this.#wanted) return;
    this.#wanted = key;
    try {
      const details = await getJSON(this.session.path("site", selected));
      if (this.#wanted === key) this.#fill(details);
    } catch (error) {
      if (this.#wanted === key) this.session.notices.error(error);
    }
  }

  #fill(details) {
    this.details = details;
    const { site, neighbours, side, patch, reconstruction } = details;
    const fields = { ...details.fields };
    const { values } = this.store;
    const hadFocus = this.card.contains(document.activeElement);
    const close = element("button", {
      type: "button", class: "quiet", "aria-label": "Close the card", onclick: () => this.store.set({ selected: -1 }),
    }, "×");
    const looks = classOfSite(values, site);
    const { points, mapKey } = values;
    const mapped = this.micrograph.mapAt(points.places[2 * site], points.places[2 * site + 1]);
    this.hasMap = Boolean(mapped && mapKey);
    if (this.hasMap) fields[mapKey.title] = mapKey.kind === "values" ? short(mapped.value, 3) : String(mapped.value);
    this.card.replaceChildren(
      element("div", { class: "card-title" }, element("h3", {}, `${asTitle(kindOfSite(values.points, site))} ${site}`), close),
      element("p", { class: "motif" }, looks && swatch(looks.color, looks.marker),
        looks ? classWords(values, site) : "No class: too near to the border, or without a patch."),
      this.#pictures(side, patch, reconstruction), this.#neighbours(neighbours), this.#fields(fields));
    this.card.hidden = false;
    if (hadFocus) close.focus();
  }

  /** Both in the grey values of the patch, so that what is missing from the reconstruction can be seen. */
  #pictures(side, patch, reconstruction) {
    const pictures = element("div", { class: "patches" });
    for (const [values, caption] of [[patch, "Patch"], [reconstruction, "Reconstruction"]]) {
      if (!values) continue;
      const canvas = element("canvas", { role: "img", "aria-label": `${caption} of the selected column` });
      drawPatch(canvas, side, values, rangeOf(patch ?? values));
      pictures.append(element("figure", {}, canvas, element("figcaption", {}, caption)));
    }
    return pictures;
  }

  #neighbours(neighbours) {
    const { values } = this.store;
    if (neighbours.length === 0) return "";
    const buttons = neighbours.map(([site, distance]) => {
      const looks = classOfSite(values, site);
      const group = looks ? `class ${looks.number}` : "no class";
      const name = `${kindOfSite(values.points, site)} ${site}, ${group}, ${distance.toFixed(1)} pixels away`;
      return element("button", {
        type: "button", class: "neighbour", "aria-label": name, title: name, onclick: () => this.store.set({ selected: site }),
      }, looks && swatch(looks.color, looks.marker), `${distance.toFixed(1)} px`);
    });
    return element("div", { class: "neighbours", role: "group", "aria-label": "Neighbours" },
      element("span", { class: "faint" }, "Neighbours"), buttons);
  }

  #fields(fields) {
    const known = Object.keys(fields).filter((name) => ![null, ""].includes(fields[name]) && !titleFields.includes(name));
    const row = (name) => [element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, String(fields[name]))];
    const rest = known.filter((name) => !mainFields.includes(name) && name !== this.store.values.mapKey?.title).sort();
    return element("div", {}, element("dl", {}, [...mainFields, this.store.values.mapKey?.title].filter((name) => known.includes(name)).flatMap(row)),
      rest.length > 0 && element("details", {}, element("summary", {}, "More"), element("dl", {}, rest.flatMap(row))));
  }
}

function asTitle(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
