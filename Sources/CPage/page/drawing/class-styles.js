import { shapeNumber } from "./markers.js";

/** Colour of sites without a class: neither light nor dark, so that it recedes on both. */
const unclassified = { color: "#a7adb6", marker: "circle" };

/** Opacity of what is not the class that the pointer rests on in the list. */
const receded = 0.25;

/** The red, green and blue of "#rrggbb", 0..255. */
export function components(color) {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/**
 * How each class is drawn: `{color: [r, g, b], shape, opacity}`, first the sites without a class, then `classes` in order, so
 * that a label is an index. Hidden classes have opacity 0; `strength`, 0..1, is that of all others.
 */
export function classStyles(classes, hidden, emphasised, strength = 1) {
  const styles = [unclassified, ...classes].map((look, label) => {
    const isHidden = hidden.has(label === 0 ? "" : look.number);
    const opacity = isHidden ? 0 : emphasised && emphasised !== label ? Math.min(receded, strength) : strength;
    return { color: components(look.color), shape: shapeNumber(look.marker), opacity };
  });
  // The label of sites that are left out, as `shownLabels` gives it.
  return [...styles, { color: components(unclassified.color), shape: 0, opacity: 0 }];
}

/** The labels by which sites are drawn: those of a class that is less certain than wanted have one that is never seen. */
export function shownLabels({ points, project, confidence }) {
  if (!(confidence > 0)) return points.labels;
  const [least, unseen] = [255 * confidence, (project?.classes.length ?? 0) + 1];
  return points.labels.map((label, site) => (label > 0 && points.confidences[site] < least ? unseen : label));
}

/** Whether a rim around this colour must be light to be seen on any background: true for dark colours. */
export function needsLightRim([red, green, blue]) {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 90;
}

/** The rim of a marker, as the shader of gl-points.js mixes it. */
export function rimColor(color) {
  return color.map((component) => (needsLightRim(color) ? 0.4 * component + 0.6 * 255 : 0.12 * component));
}

/** Whether a site's class is shown. */
export function isShown({ points, project, hidden, confidence }, site) {
  const label = points.labels[site];
  if (label > 0 && points.confidences[site] < 255 * confidence) return false;
  return !hidden.has(label === 0 ? "" : project.classes[label - 1]?.number);
}
