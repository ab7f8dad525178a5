import { Kind } from "../drawing/site-kind.js";

/** Classes that are named in the layout: more names would hide it. */
const named = 16;
/** Cells per axis in which the thickest cloud of a class is looked for. */
const cells = 32;

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
    crowd.cells = cloudAround(crowd.counts.indexOf(Math.max(...crowd.counts)), crowd.counts);
    Object.assign(crowd, { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity });
  }
  const byLabel = new Map(largest.map((crowd) => [crowd.label, crowd]));
  for (let site = 0; site < points.count; site++) {
    const crowd = points.layoutKinds[site] === Kind.nowhere ? undefined : byLabel.get(points.labels[site]);
    if (!crowd?.cells.has(cellOf(site))) continue;
    crowd.left = Math.min(crowd.left, map.places[2 * site]);
    crowd.right = Math.max(crowd.right, map.places[2 * site]);
    crowd.top = Math.min(crowd.top, map.places[2 * site + 1]);
    crowd.bottom = Math.max(crowd.bottom, map.places[2 * site + 1]);
  }
  return largest;
}

/** The cells that hang together with the fullest one: the cloud. */
function cloudAround(fullest, counts) {
  const found = new Set([fullest]);
  for (const cell of found) {
    const [row, column] = [Math.floor(cell / cells), cell % cells];
    for (let nextRow = Math.max(row - 1, 0); nextRow <= Math.min(row + 1, cells - 1); nextRow++) {
      for (let next = Math.max(column - 1, 0); next <= Math.min(column + 1, cells - 1); next++) {
        // A set visits what is added to it on the way.
        if (counts[nextRow * cells + next] > 0) found.add(nextRow * cells + next);
      }
    }
  }
  return found;
}
