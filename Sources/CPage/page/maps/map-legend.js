import { element } from "../base/dom.js";
import { short } from "../base/numbers.js";

/** What the colours of the map mean: a bar of numbers, or a list of labels. */
export class MapLegend {
  constructor(store) {
    this.box = element("div", { class: "legend" });
    store.subscribe(["mapKey"], ({ mapKey }) => this.#show(mapKey));
  }

  #show(key) {
    this.box.hidden = !key || (key.kind === "labels" && key.entries.length === 0);
    if (this.box.hidden) return this.box.replaceChildren();
    this.box.replaceChildren(key.kind === "labels" ? this.#list(key) : this.#bar(key));
  }

  #list({ entries }) {
    return element("ul", { class: "key" }, entries.map(({ name, text, color }) => {
      const field = element("span", { class: "field", "aria-hidden": "true" });
      field.style.background = color;
      return element("li", {}, field, element("span", {}, name), element("span", { class: "faint" }, text));
    }));
  }

  #bar({ title, colors, shown_low: low, shown_high: high }) {
    const bar = element("div", { class: "color-bar", role: "img", "aria-label": `Colours from ${short(low, 3)} to ${short(high, 3)}` });
    bar.style.background = `linear-gradient(to right, ${colors.join(", ")})`;
    const middle = low < 0 ? 0 : (low + high) / 2;
    // As many digits as tell the ends apart.
    const digits = 3 + Math.max(Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / Math.max(high - low, 1e-12))), 0);
    return element("div", {}, element("p", {}, title), bar,
      element("div", { class: "color-bar-numbers" }, [low, middle, high].map((value) => element("span", {}, short(value, Math.min(digits, 12))))));
  }
}
