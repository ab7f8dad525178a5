import { outline, ring } from "../drawing/highlight.js";

/** Corrections that the next analysis will take up: a colour of its own, and three forms that differ without it. */
const color = "#7fe7ff";

/** Added columns are rings with a dot, removed ones are crossed out, moved ones lead from their old place to the new. */
export function drawCorrections(view, { added, removed, moved }, points, radius) {
  const context = added.length + removed.length + moved.length > 0 ? view.beginOverlay() : null;
  for (const [x, y] of added) drawAdded(context, view.viewport.toScreen(x, y), radius);
  for (const site of removed) drawRemoved(context, placeOnScreen(view, points, site), radius);
  for (const [site, x, y] of moved) drawMoved(context, placeOnScreen(view, points, site), view.viewport.toScreen(x, y), radius);
}

function placeOnScreen(view, points, site) {
  return view.viewport.toScreen(points.places[2 * site], points.places[2 * site + 1]);
}

function drawAdded(context, [x, y], radius) {
  ring(context, x, y, radius + 2, color);
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, 1.5, 0, 2 * Math.PI);
  context.fill();
}

function drawRemoved(context, [x, y], radius) {
  const reach = radius + 2;
  context.beginPath();
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x + reach, y - reach);
  context.lineTo(x - reach, y + reach);
  outline(context, color);
}

/** Also drawn while a column is being dragged. */
export function drawMoved(context, [fromX, fromY], [toX, toY], radius) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  outline(context, color, 1.5);
  ring(context, toX, toY, radius, color);
}
