/** Draws what the pointer and the keyboard point at, on the overlays of both views. */

/** A ring that is seen on black, on white and on any colour: dark, light, dark. */
export function ring(context, x, y, radius, color = "white", width = 2) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  outline(context, color, width);
}

/** Strokes the current path in a colour between dark edges. */
export function outline(context, color, width = 2) {
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = "rgb(0 0 0 / 0.75)";
  context.lineWidth = width + 2;
  context.stroke();
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

/** Rings around the selected and the hovered site; `placeOf(site)` gives the place on the screen, or null. */
export function drawSelection(view, { selected, hovered }, radius, placeOf) {
  for (const [site, width] of [[hovered, 1.5], [selected, 3]]) {
    const place = site >= 0 ? placeOf(site) : null;
    if (!place || (site === hovered && width === 1.5 && hovered === selected)) continue;
    const context = view.beginOverlay();
    ring(context, place[0], place[1], radius + (width > 2 ? 5 : 4), "white", width);
  }
}

/** The direction of an arrow key, or undefined. */
export function directionOf(key) {
  return { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
}

/**
 * The site that lies next in a direction: the smallest distance, with what lies to the side counting twice, so that arrow
 * keys walk along a row of atoms.
 */
export function nextInDirection(index, from, [directionX, directionY], reach, accepts) {
  const [x, y] = from;
  let best = -1;
  let bestCost = Infinity;
  index.each(x - reach, y - reach, x + reach, y + reach, (point) => {
    const [byX, byY] = [index.places[2 * point] - x, index.places[2 * point + 1] - y];
    const along = byX * directionX + byY * directionY;
    const across = Math.abs(byX * directionY - byY * directionX);
    const cost = along + 2 * across;
    if (along > 1e-6 && across <= along && cost < bestCost && accepts(point)) [best, bestCost] = [point, cost];
  });
  return best;
}
