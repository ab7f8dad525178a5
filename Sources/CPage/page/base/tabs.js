import { byId } from "./dom.js";

const names = ["classes", "columns", "maps", "review", "cells", "history"];

/** The panels below the layout, as tabs of the WAI-ARIA pattern: arrow keys choose, Tab goes on into the panel. */
export class Tabs {
  constructor(store) {
    this.store = store;
    for (const name of names) {
      byId(`tab-${name}`).addEventListener("click", () => store.set({ tab: name }));
      byId(`tab-${name}`).addEventListener("keydown", (event) => this.#step(event, name));
    }
    store.subscribe(["tab"], ({ tab }) => {
      for (const name of names) {
        byId(`tab-${name}`).setAttribute("aria-selected", String(name === tab));
        byId(`tab-${name}`).tabIndex = name === tab ? 0 : -1;
        byId(`panel-${name}`).hidden = name !== tab;
      }
    });
  }

  #step(event, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = names[(names.indexOf(name) + step + names.length) % names.length];
    this.store.set({ tab: next });
    byId(`tab-${next}`).focus();
  }
}
