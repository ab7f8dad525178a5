/** Draws tiles like GLImagePainter, with a 2D context: each tile is turned to 8 bits once per change of the contrast. */
export class CanvasImagePainter {
  #pictures = new Map();
  #table = null;
  #look = "";

  /** @param {{tint?: number[]}} options a colour [r, g, b], 0..255 */
  constructor(context, { tint } = {}) {
    this.context = context;
    this.tint = tint;
  }

  release(tile) {
    this.#pictures.delete(tile);
  }

  draw(viewport, ratio, tiles, look) {
    const key = JSON.stringify(look.palette ? { opacity: look.opacity, map: look.palette.key } : look);
    if (key !== this.#look) [this.#look, this.#table] = [key, null];
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const tile of tiles) {
      const [left, top] = viewport.toScreen(tile.left, tile.top).map((value) => value * ratio);
      const [right, bottom] = viewport.toScreen(tile.right, tile.bottom).map((value) => value * ratio);
      const picture = this.#picture(tile, look, key);
      context.imageSmoothingEnabled = viewport.scale * ratio * tile.step < 6;
      // An edge tile of a coarse level reaches beyond the image by part of a sample.
      const width = (tile.right - tile.left) / tile.step;
      const height = (tile.bottom - tile.top) / tile.step;
      context.drawImage(picture, 0, 0, width, height, left, top, right - left, bottom - top);
    }
  }

  #picture(tile, look, key) {
    const known = this.#pictures.get(tile);
    if (known?.key === key) return known.canvas;
    const largest = tile.samples instanceof Uint16Array ? 65535 : 255;
    this.#table ??= this.#colors(look, largest);
    const canvas = known?.canvas ?? new OffscreenCanvas(tile.width, tile.height);
    const image = new ImageData(tile.width, tile.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let at = 0; at < pixels.length; at++) pixels[at] = this.#table[tile.samples[at]];
    canvas.getContext("2d").putImageData(image, 0, 0);
    this.#pictures.set(tile, { canvas, key });
    return canvas;
  }

  /** The colour of every sample, packed as ImageData wants it; the same formulas as in the shaders of gl-image.js. */
  #colors({ black, white, gamma, opacity, palette }, largest) {
    const table = new Uint32Array(largest + 1);
    const bytes = new Uint8ClampedArray(table.buffer);
    if (palette) {
      for (let sample = 1; sample <= largest; sample++) bytes.set([...palette.color(sample), 255 * opacity], 4 * sample);
      return table;
    }
    for (let sample = 0; sample <= largest; sample++) {
      const value = sample / largest;
      if (this.tint) {
        const alpha = opacity * (value + (1 - value) * opacity ** 3);
        bytes.set([...this.tint.map((component) => component * value), 255 * alpha], 4 * sample);
      } else {
        const share = Math.min(Math.max((value - black) / Math.max(white - black, 1e-5), 0), 1);
        const grey = 255 * share ** gamma;
        bytes.set([grey, grey, grey, 255], 4 * sample);
      }
    }
    return table;
  }
}
