import { byId, element } from "../base/dom.js";
import { length, roundBelow, short } from "../base/numbers.js";

/** Largest share of the view's width that the bar takes. */
const largestShare = 0.22;

/** A bar of a round length in the corner of the micrograph; in nm where the image is calibrated, in pixels elsewhere. */
export class ScaleBar {
  constructor(store, micrograph) {
    Object.assign(this, { store, micrograph });
    this.text = element("span");
    this.line = element("span", { class: "line" });
    this.bar = element("div", { class: "scale-bar" }, this.text, this.line);
    micrograph.host.append(this.bar);
    micrograph.scaleBar = this;
    byId("micrograph").addEventListener("viewchange", () => this.#show());
    store.subscribe(["project"], () => this.#show());
  }

  /** `{text, width}`: what the bar says and its width in CSS pixels. */
  get #measure() {
    const { viewport } = this.micrograph;
    const pixelSize = this.store.values.project?.image.pixel_size_nm?.x;
    const largest = (largestShare * viewport.width) / viewport.scale;
    if (!pixelSize) {
      const pixels = roundBelow(largest);
      return { text: `${short(pixels)} px`, width: pixels * viewport.scale };
    }
    const nanometres = roundBelow(largest * pixelSize);
    return { text: length(nanometres), width: (nanometres / pixelSize) * viewport.scale };
  }

  #show() {
    this.bar.hidden = !this.store.values.project;
    if (this.bar.hidden) return;
    const { text, width } = this.#measure;
    this.text.textContent = text;
    this.line.style.width = `${width}px`;
  }

  /** Paints the bar into a saved picture of the view. */
  paint(context, { ratio, viewport, textScale }) {
    const { text, width } = this.#measure;
    const [left, bottom] = [16 * ratio, viewport.height * ratio - 16 * ratio];
    const size = 15 * textScale * ratio;
    context.fillStyle = "rgb(0 0 0 / 0.65)";
    context.fillRect(left - 8 * ratio, bottom - size - 16 * ratio, width * ratio + 16 * ratio, size + 24 * ratio);
    context.fillStyle = "white";
    context.fillRect(left, bottom - 4 * ratio, width * ratio, 4 * ratio);
    context.font = `600 ${size}px sans-serif`;
    context.textAlign = "center";
    context.fillText(text, left + (width * ratio) / 2, bottom - 9 * ratio);
  }
}
