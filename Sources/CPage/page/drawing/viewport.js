/** The largest number of screen pixels per unit of the world, relative to the view that shows all of it. */
const deepestZoom = 400;

/**
 * Which part of the world a view shows: the world's point at its centre and the screen pixels per unit.
 * Lengths on the screen are in CSS pixels; y runs down in both.
 */
export class Viewport {
  width = 1;
  height = 1;
  x = 0;
  y = 0;
  scale = 1;
  /** The scale at which everything is seen. */
  fitScale = 1;
  #bounds = { minX: 0, minY: 0, maxX: 1, maxY: 1 };
  #isFitted = true;

  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  toWorld(screenX, screenY) {
    return [(screenX - this.width / 2) / this.scale + this.x, (screenY - this.height / 2) / this.scale + this.y];
  }

  /** The rectangle of the world that is seen. */
  get visible() {
    const [left, top] = this.toWorld(0, 0);
    const [right, bottom] = this.toWorld(this.width, this.height);
    return { left, top, right, bottom };
  }

  /** A new size of the view; a view that showed everything goes on to do so. */
  resize(width, height) {
    [this.width, this.height] = [Math.max(width, 1), Math.max(height, 1)];
    this.#measure();
    if (this.#isFitted) this.fit();
  }

  /** What there is to see. */
  setBounds(bounds, margin = 1) {
    this.#bounds = bounds;
    this.margin = margin;
    this.#measure();
  }

  #measure() {
    const { minX, minY, maxX, maxY } = this.#bounds;
    const widths = this.width / Math.max(maxX - minX, 1e-6);
    const heights = this.height / Math.max(maxY - minY, 1e-6);
    this.fitScale = Math.min(widths, heights) / (this.margin ?? 1);
  }

  fit() {
    const { minX, minY, maxX, maxY } = this.#bounds;
    [this.x, this.y, this.scale] = [(minX + maxX) / 2, (minY + maxY) / 2, this.fitScale];
    this.#isFitted = true;
  }

  pan(byX, byY) {
    this.#place(this.x - byX / this.scale, this.y - byY / this.scale);
  }

  /** Zooms so that the world's point under (screenX, screenY) stays there. */
  zoom(factor, screenX = this.width / 2, screenY = this.height / 2) {
    const [worldX, worldY] = this.toWorld(screenX, screenY);
    this.scale = Math.min(Math.max(this.scale * factor, this.fitScale / 4), this.fitScale * deepestZoom);
    this.#place(worldX - (screenX - this.width / 2) / this.scale, worldY - (screenY - this.height / 2) / this.scale);
  }

  /** Brings a point into view without a jump where it is seen already. */
  reveal(x, y) {
    const [screenX, screenY] = this.toScreen(x, y);
    const margin = Math.min(this.width, this.height) / 10;
    const isSeen = screenX > margin && screenX < this.width - margin && screenY > margin && screenY < this.height - margin;
    if (!isSeen) this.#place(x, y);
    return !isSeen;
  }

  /** Brings a point to the centre, with `reach` of the world around it to each side, or more where more was seen too closely. */
  show(x, y, reach) {
    const wanted = Math.min(this.width, this.height) / (2 * reach);
    this.scale = Math.min(Math.max(wanted, this.fitScale), this.fitScale * deepestZoom);
    this.#place(x, y);
  }

  /** Moves the centre, but never off what there is to see. */
  #place(x, y) {
    const { minX, minY, maxX, maxY } = this.#bounds;
    this.x = Math.min(Math.max(x, minX), maxX);
    this.y = Math.min(Math.max(y, minY), maxY);
    this.#isFitted = false;
  }
}
