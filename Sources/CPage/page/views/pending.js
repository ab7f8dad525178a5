/**
 * Sites as the corrections that wait would have them. Added columns go on where the numbers of the result's sites end: the
 * first is `points.count`; one that was removed again stays in `added`, so that numbers keep.
 */

/** Where a site will stand, [x, y]; also for one that is removed. Null for a number that is no site. */
export function placeOf(points, { added, moved }, site) {
  const move = moved.find(([number]) => number === site);
  if (move) return [move[1], move[2]];
  return placeBefore(points, added, site);
}

/** Where a site stands in the result, or where it was added. */
export function placeBefore(points, added, site) {
  if (site < 0) return null;
  return site < points.count ? [points.places[2 * site], points.places[2 * site + 1]] : added[site - points.count] ?? null;
}

/** The added or moved column whose new place is nearest to (x, y) within `reach`, or -1. */
export function pendingAt(points, corrections, x, y, reach) {
  const { added, removed, moved } = corrections;
  const numbers = [...added.map((_, index) => points.count + index), ...moved.map(([site]) => site)];
  let [best, bestDistance] = [-1, reach];
  for (const site of numbers) {
    if (removed.includes(site)) continue;
    const [placeX, placeY] = placeOf(points, corrections, site);
    const distance = Math.hypot(placeX - x, placeY - y);
    if (distance <= bestDistance) [best, bestDistance] = [site, distance];
  }
  return best;
}
