/**
 * The shapes of classes. The shader of gl-points.js and the paths here draw the same outlines; both follow this table.
 * `sides` corners lie on a circle, the first at `turn` radians from the top; `reach` scales the circle so that all shapes
 * look equally large. 0 sides is a circle, -1 a cross of two bars.
 */
export const shapes = [
  { name: "circle", sides: 0, turn: 0, reach: 0.9 },
  { name: "square", sides: 4, turn: Math.PI / 4, reach: 1.13 },
  { name: "triangle", sides: 3, turn: 0, reach: 1.25 },
  { name: "diamond", sides: 4, turn: 0, reach: 1.15 },
  { name: "invertedTriangle", sides: 3, turn: Math.PI, reach: 1.25 },
  { name: "pentagon", sides: 5, turn: 0, reach: 1.05 },
  { name: "cross", sides: -1, turn: Math.PI / 4, reach: 1.1 },
  { name: "hexagon", sides: 6, turn: Math.PI / 6, reach: 1 },
  { name: "plus", sides: -1, turn: 0, reach: 1.1 },
];

/** Half the width of a bar of a cross, relative to its reach. */
export const barWidth = 0.36;

/** The place of a marker in `shapes`; an unknown name is a circle. */
export function shapeNumber(name) {
  return Math.max(shapes.findIndex((shape) => shape.name === name), 0);
}

/** Adds the outline of a shape around (x, y) to the path of a 2D context. */
export function traceShape(context, number, x, y, radius) {
  const { sides, turn, reach } = shapes[number];
  const size = radius * reach;
  if (sides === 0) {
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 2 * Math.PI);
    return;
  }
  for (const [index, [cornerX, cornerY]] of corners(sides, turn).entries()) {
    if (index === 0) context.moveTo(x + size * cornerX, y + size * cornerY);
    else context.lineTo(x + size * cornerX, y + size * cornerY);
  }
  context.closePath();
}

function corners(sides, turn) {
  const rotated = (x, y) => [x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)];
  if (sides > 0) {
    return Array.from({ length: sides }, (_, index) => {
      const angle = (2 * Math.PI * index) / sides;
      return rotated(Math.sin(angle), -Math.cos(angle));
    });
  }
  const w = barWidth;
  const bars = [[-w, -1], [w, -1], [w, -w], [1, -w], [1, w], [w, w], [w, 1], [-w, 1], [-w, w], [-1, w], [-1, -w], [-w, -w]];
  return bars.map(([x, y]) => rotated(x, y));
}

/** A small picture of a class's marker, for lists and menus. */
export function swatch(color, marker) {
  const namespace = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(namespace, "svg");
  picture.setAttribute("viewBox", "-10 -10 20 20");
  picture.setAttribute("class", "swatch");
  picture.setAttribute("aria-hidden", "true");
  const { sides, turn, reach } = shapes[shapeNumber(marker)];
  const shape = document.createElementNS(namespace, sides === 0 ? "circle" : "polygon");
  if (sides === 0) shape.setAttribute("r", 8 * reach);
  else shape.setAttribute("points", corners(sides, turn).map(([x, y]) => `${8 * reach * x},${8 * reach * y}`).join(" "));
  shape.setAttribute("fill", color);
  picture.append(shape);
  return picture;
}
