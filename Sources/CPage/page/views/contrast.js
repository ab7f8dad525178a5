import { byId } from "../base/dom.js";

/** Shares of the pixels that "Auto" lets become black and white. */
const clipped = 0.002;
/** Bins of the histogram from which "Auto" reads the limits. */
const bins = 4096;

/** Black, white and gamma of the micrograph. The graphics card applies them, so a slider costs one frame. */
export class Contrast {
  constructor(store, micrograph) {
    Object.assign(this, { store, micrograph });
    this.black = byId("contrast-black");
    this.white = byId("contrast-white");
    this.gamma = byId("contrast-gamma");
    this.black.addEventListener("input", () => this.#take("black"));
    this.white.addEventListener("input", () => this.#take("white"));
    this.gamma.addEventListener("input", () => this.#take("gamma"));
    byId("contrast-auto").addEventListener("click", () => this.auto());
    store.subscribe(["contrast", "project"], (values) => this.#show(values));
  }

  #take(moved) {
    const contrast = { ...this.store.values.contrast };
    if (moved === "gamma") contrast.gamma = 2 ** -Number(this.gamma.value);
    else {
      contrast[moved] = Number(this[moved].value);
      // The other slider gives way, so that black stays below white.
      if (moved === "black") contrast.white = Math.max(contrast.white, Math.min(contrast.black + 0.002, 1));
      else contrast.black = Math.min(contrast.black, Math.max(contrast.white - 0.002, 0));
    }
    this.store.set({ contrast });
  }

  /** Limits that leave few of the pixels in view black or white. */
  auto() {
    const histogram = new Uint32Array(bins);
    let total = 0;
    for (const { samples } of this.micrograph.samplesInView()) {
      // Every seventh sample: enough for a histogram, and no divisor of a row's length.
      for (let at = 0; at < samples.length; at += 7) histogram[(samples[at] * bins) >> 16]++;
      total += Math.ceil(samples.length / 7);
    }
    if (total === 0) return;
    const limit = clipped * total;
    let [first, last] = [0, bins - 1];
    for (let sum = histogram[first]; sum <= limit && first < bins - 1; sum += histogram[first]) first++;
    for (let sum = histogram[last]; sum <= limit && last > first; sum += histogram[last]) last--;
    this.store.set({ contrast: { black: first / bins, white: Math.max((last + 1) / bins, first / bins + 0.002), gamma: 1 } });
  }

  #show({ contrast, project }) {
    const { low, high, unit } = project?.image ?? { low: 0, high: 1 };
    const valueOf = (share) => `${(low + share * (high - low)).toPrecision(4)}${unit ? ` ${unit}` : ""}`;
    this.black.value = contrast.black;
    this.white.value = contrast.white;
    this.gamma.value = -Math.log2(contrast.gamma);
    this.black.setAttribute("aria-valuetext", valueOf(contrast.black));
    this.white.setAttribute("aria-valuetext", valueOf(contrast.white));
    this.gamma.setAttribute("aria-valuetext", (1 / contrast.gamma).toFixed(2));
    for (const slider of [this.black, this.white, this.gamma]) slider.title = slider.getAttribute("aria-valuetext");
  }
}
