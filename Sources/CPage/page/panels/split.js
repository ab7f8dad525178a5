import { ask } from "../base/dialog.js";
import { element } from "../base/dom.js";

/**
 * Asks how to split a class. The defaults leave everything to the program; Enter accepts them at once.
 * @returns the options of the split action that the user set, or null where it was given up
 */
export function askSplit(number, name) {
  const features = element("select", { id: "split-features" },
    element("option", { value: "" }, "as in the analysis"),
    element("option", { value: "full" }, "full: rotated copies of a motif are different motifs"),
    element("option", { value: "invariant" }, "invariant: rotated copies are the same motif"));
  const orders = element("input", { id: "split-orders", type: "text", placeholder: "as in the analysis" });
  const parts = element("input", {
    id: "split-parts", type: "number", min: 2, max: 1000, step: 1, placeholder: "as many as are found",
  });
  return ask({
    title: `Split class ${number}, ${name}`,
    content: [
      element("p", {}, "The members of this class alone are sorted again. A class that no gap divides stays as ",
        "it is, unless a number of parts is given."),
      element("div", { class: "fields" },
        element("label", { for: "split-features" }, "Features"), features,
        element("label", { for: "split-orders" }, "Angular orders, such as 0,2,3"), orders,
        element("label", { for: "split-parts" }, "Number of parts"), parts),
    ],
    acceptLabel: "Split",
    accept: () => splitOptions(features.value, orders.value, parts.value),
  });
}

function splitOptions(features, orders, parts) {
  const options = {};
  if (features) options.features = features;
  if (orders.trim()) {
    options.angular_orders = orders.split(/[\s,]+/).filter(Boolean).map(Number);
    if (!options.angular_orders.every((order) => Number.isInteger(order) && order >= 0)) {
      throw new Error("Angular orders are whole numbers of 0 or more, separated by commas.");
    }
  }
  if (parts) {
    options.parts = Number(parts);
    if (!Number.isInteger(options.parts) || options.parts < 2) {
      throw new Error("The number of parts is a whole number of 2 or more.");
    }
  }
  return options;
}
