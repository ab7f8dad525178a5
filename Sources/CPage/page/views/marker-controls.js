import { byId } from "../base/dom.js";

/** Whether markers are drawn on the micrograph, and how large: the slider is a power of two. */
export class MarkerControls {
  constructor(store) {
    this.store = store;
    this.shown = byId("markers-shown");
    this.size = byId("markers-size");
    this.shown.addEventListener("change", () => this.#set({ isShown: this.shown.checked }));
    this.size.addEventListener("input", () => this.#set({ size: 2 ** Number(this.size.value) }));
    store.subscribe(["markers"], ({ markers }) => {
      this.shown.checked = markers.isShown;
      this.size.setAttribute("aria-valuetext", `${Math.round(100 * markers.size)} %`);
    });
  }

  toggle() {
    this.#set({ isShown: !this.store.values.markers.isShown });
  }

  #set(changes) {
    this.store.set({ markers: { ...this.store.values.markers, ...changes } });
  }
}
