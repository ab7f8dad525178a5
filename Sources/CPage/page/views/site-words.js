import { Kind } from "../drawing/site-kind.js";

/* What is said of a site, the same words everywhere. */

export function kindOfSite(points, site) {
  return points.kinds[site] === Kind.vacant ? "vacant node" : "column";
}

/** The entry of `project.classes` that a site belongs to; undefined where it has no class. */
export function classOfSite({ points, project }, site) {
  return project.classes[points.labels[site] - 1];
}

/** "2 · motif 2, confidence 0.98", or "no class". */
export function classWords(values, site) {
  const looks = classOfSite(values, site);
  if (!looks) return "no class";
  return `${looks.number} · ${looks.name}, confidence ${(values.points.confidences[site] / 255).toFixed(2)}`;
}
