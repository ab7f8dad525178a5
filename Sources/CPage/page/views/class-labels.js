import { Kind } from "../drawing/site-kind.js";

/** Classes that are named in the layout: more names would hide it. */
const named = 16;
/** Cells per axis in which the thickest cloud of a class is looked for. */
const cells = 24;

/**
 * Where names of classes belong in the layout: the box around the thickest cloud of each of the largest classes. The mean of
 * all members would name a class of two clouds in the void between them.
 *
 * @returns `[{label, left, top, right, bottom}]` in the coordinates of the map, the largest class first
 */
export function classLabels(points, map) {
  const { minX, minY, maxX, maxY } = map.index.bounds;
  const cellOf = (site) => {
    const column = Math.min(Math.floor(((map.places[2 * site] - minX) / Math.max(maxX - minX, 1e-9)) * cells), cells - 1);
    const row = Math.min(Math.floor(((map.places[2 * site + 1] - minY) / Math.max(maxY - minY, 1e-9)) * cells), cells - 1);
    return row * cells + column;
  };
  const crowds = new Map();
  for (let site = 0; site < points.count; site++) {
    const label = points.labels[site];
    if (label === 0 || points.layoutKinds[site] === Kind.nowhere) continue;
    if (!crowds.has(label)) crowds.set(label, { label, count: 0, counts: new Uint32Array(cells * cells) });
    const crowd = crowds.get(label);
    crowd.count++;
    crowd.counts[cellOf(site)]++;
  }
  const largest = [...crowds.values()].sort((a, b) => b.count - a.count).slice(0, named);
  for (const crowd of largest) {
    const fullest = crowd.counts.indexOf(Math.max(...crowd.counts));
    const column = fullest % cells;
    const row = Math.floor(fullest / cells);
    // The cloud: the cells around the fullest one that this class fills as well.
    crowd.isNear = (cell) => Math.abs((cell % cells) - column) <= 3 && Math.abs(Math.floor(cell / cells) - row) <= 3;
    Object.assign(crowd, { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity });
  }
  const byLabel = new Map(largest.map((crowd) => [crowd.label, crowd]));
  for (let site = 0; site < points.count; site++) {
    const crowd = points.layoutKinds[site] === Kind.nowhere ? undefined : byLabel.get(points.labels[site]);
    if (!crowd?.isNear(cellOf(site))) continue;
    crowd.left = Math.min(crowd.left, map.places[2 * site]);
    crowd.right = Math.max(crowd.right, map.places[2 * site]);
    crowd.top = Math.min(crowd.top, map.places[2 * site + 1]);
    crowd.bottom = Math.max(crowd.bottom, map.places[2 * site + 1]);
  }
  return largest;
}
