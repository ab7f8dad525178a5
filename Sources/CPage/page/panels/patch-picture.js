/**
 * Draws a square of values, grey from the least to the largest; places without a value stay clear.
 *
 * @param range `[low, high]` to share between pictures that are to be compared; by default that of the values
 */
export function drawPatch(canvas, side, values, range = rangeOf(values)) {
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  const [low, high] = range;
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    const grey = (255 * (value - low)) / Math.max(high - low, Number.MIN_VALUE);
    image.data.set([grey, grey, grey, 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
}

export function rangeOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
