import { outline, ring } from "../drawing/highlight.js";
import { placeBefore } from "./pending.js";

/** Corrections that the next analysis will take up: a colour of its own, and three forms that differ without it. */
const color = "#7fe7ff";

/** Added columns are rings with a dot, removed ones are crossed out, moved ones lead from their old place to the new. */
export function drawCorrections(view, corrections, points, radius) {
  const { added, removed, moved } = corrections;
  const context = added.length + removed.length + moved.length > 0 ? view.beginOverlay() : null;
  const onScreen = ([x, y]) => view.viewport.toScreen(x, y);
  const isGone = new Set(removed);
  const isMoved = new Set(moved.map(([site]) => site));
  for (const [index, place] of added.entries()) {
    const site = points.count + index;
    if (!isGone.has(site) && !isMoved.has(site)) drawAdded(context, onScreen(place), radius);
  }
  for (const [site, x, y] of moved) {
    if (!isGone.has(site)) drawMoved(context, onScreen(placeBefore(points, added, site)), onScreen([x, y]), radius);
  }
  for (const site of removed) {
    // A column that was added and removed again leaves no trace.
    if (site < points.count) drawRemoved(context, onScreen(placeBefore(points, added, site)), radius);
  }
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
