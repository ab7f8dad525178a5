import { Kind } from "./drawing/site-kind.js";

/** Share of the drawing that the cells of all points cover together. */
const coverage = 0.12;

/**
 * Moves points that fall on others to the nearest free cells of a grid, in the order of their numbers, in place. A class whose
 * members coincide in the layout, as rare motifs do, thus shows how many it has, and each can be pointed at; points with room
 * of their own stay where they are. The report draws its layout in the same way.
 *
 * O(n) cells are searched: each search goes on where the last one from its cell ended.
 */
export function separate(places, kinds, width, height) {
  const spacing = Math.sqrt((coverage * width * height) / Math.max(kinds.length, 1));
  // Clouds at the rim may grow beyond it.
  const margin = Math.ceil(Math.sqrt(kinds.length)) + 1;
  const columns = Math.ceil(width / spacing) + 2 * margin;
  const rows = Math.ceil(height / spacing) + 2 * margin;
  const isTaken = new Uint8Array(columns * rows);
  const searches = new Map();
  const cellAt = (x, y) => {
    const column = Math.floor(x / spacing) + margin;
    const row = Math.floor(y / spacing) + margin;
    return column >= 0 && row >= 0 && column < columns && row < rows ? row * columns + column : -1;
  };
  for (let site = 0; site < kinds.length; site++) {
    if (kinds[site] === Kind.nowhere) continue;
    const [x, y] = [places[2 * site], places[2 * site + 1]];
    const home = cellAt(x, y);
    if (!isTaken[home]) {
      isTaken[home] = 1;
      continue;
    }
    if (!searches.has(home)) searches.set(home, { ring: 1, step: 0 });
    const search = searches.get(home);
    for (let isPlaced = false; !isPlaced && search.ring < margin; ) {
      // About as many places as fit around a ring of this radius.
      const angle = (2 * Math.PI * (search.step + 0.5 * (search.ring % 2))) / (6 * search.ring);
      const [nextX, nextY] = [x + search.ring * spacing * Math.cos(angle), y + search.ring * spacing * Math.sin(angle)];
      const cell = cellAt(nextX, nextY);
      if (cell >= 0 && !isTaken[cell]) {
        isTaken[cell] = 1;
        [places[2 * site], places[2 * site + 1]] = [nextX, nextY];
        isPlaced = true;
      }
      search.step += 1;
      if (search.step === 6 * search.ring) [search.ring, search.step] = [search.ring + 1, 0];
    }
  }
}
