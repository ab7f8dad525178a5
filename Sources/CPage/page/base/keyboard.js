import { Corrections } from "../panels/corrections.js";
import { ask } from "./dialog.js";
import { byId, element } from "./dom.js";

const storageKey = "tessera.single-keys";

const help = [
  ["In the micrograph and in the layout", [
    ["Arrow keys, or drag", "move the view"],
    ["+ and −, or the wheel", "zoom"],
    ["0", "show all"],
    ["Shift and an arrow key, or click", "select the next column in that direction"],
    ["Escape", "give up a line, end scribbles, or select nothing"],
  ]],
  ["Everywhere", [
    ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo"],
    ["F6", "go from the micrograph to the layout, to the classes, and back"],
    ["?", "this help"],
  ]],
  ["Everywhere, one key", [
    ["V, A, D, M", "a click on the micrograph selects, adds, deletes, moves"],
    ["H", "hide and show the markers"],
    ["C", "contrast from what is in view"],
    ["L", "lasso"],
  ]],
  ["Correcting without a pointer", [
    ["Enter", "in mode Add, add a column at the cross in the middle of the view; in mode Delete, delete the selected column"],
    ["Enter, while scribbles are drawn", "set a dot at the cross"],
    ["Delete", "delete the selected column"],
    ["Alt and an arrow key", "in mode Move, move the selected column by half a pixel, with Shift by five"],
  ]],
];

/** Keys that work everywhere, and the panel that lists all keys. */
export class Keyboard {
  constructor(store, { lasso, history, contrast, markers, views }) {
    Object.assign(this, { store, lasso, history, contrast, markers, views });
    this.hasSingleKeys = localStorage.getItem(storageKey) !== "off";
    addEventListener("keydown", (event) => this.#down(event));
    byId("help").addEventListener("click", () => this.showHelp());
  }

  #down(event) {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return this.#escape();
    if (event.key === "F6") return this.#nextArea(event);
    if (isTyping(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && ["z", "y"].includes(event.key.toLowerCase())) {
      event.preventDefault();
      const isRedo = event.shiftKey || event.key.toLowerCase() === "y";
      this.history.step(isRedo ? "redo" : "undo");
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey) this.#single(event);
  }

  #single(event) {
    if (event.key === "?") return this.showHelp();
    if (!this.hasSingleKeys) return;
    const key = event.key.toLowerCase();
    const mode = Corrections.modeOfKey(key);
    if (mode) this.store.set({ mode });
    else if (key === "h") this.markers.toggle();
    else if (key === "c") this.contrast.auto();
    else if (key === "l") this.lasso.begin();
  }

  /** Gives up the nearest thing at hand: a drag, a lasso, a mode, the selection. */
  #escape() {
    if (this.views.map((view) => view.cancelDrag()).some(Boolean)) return;
    if (this.lasso.cancel()) return;
    if (this.store.values.mode !== "select") this.store.set({ mode: "select" });
    else this.store.set({ selected: -1, rings: [], marked: null });
  }

  /** F6 goes through the areas of a window in desktop programs. */
  #nextArea(event) {
    event.preventDefault();
    const areas = [byId("micrograph"), byId("layout"), document.querySelector('[role="tab"][aria-selected="true"]')];
    const at = areas.findIndex((area) => area.contains(document.activeElement));
    areas[(at + (event.shiftKey ? areas.length - 1 : 1)) % areas.length].focus();
  }

  showHelp() {
    const single = element("input", {
      type: "checkbox", checked: this.hasSingleKeys, onchange: () => {
        this.hasSingleKeys = single.checked;
        localStorage.setItem(storageKey, single.checked ? "on" : "off");
      },
    });
    ask({
      title: "Keys", className: "help",
      content: [
        element("div", { class: "help-groups" }, help.map(([title, keys]) =>
          element("section", {}, element("h3", {}, title),
            element("dl", {}, keys.flatMap(([key, does]) => [element("dt", {}, key), element("dd", {}, does)]))))),
        element("label", { class: "check" }, single, " Keys without Ctrl work (switch them off for dictation)"),
      ],
    });
  }
}

function isTyping(target) {
  return target.matches?.("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]");
}
