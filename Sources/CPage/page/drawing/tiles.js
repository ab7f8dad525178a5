import { getBytes, projectPath } from "../base/api.js";

/** Tiles kept in memory, of 512 x 512 samples in 16 bits 160 MB here and as much on the graphics card. */
const capacity = 320;
/** Requests at a time; browsers open six connections to one host, and one carries the events. */
const requestsAtOnce = 5;

/**
 * The pyramid of one layer of a micrograph: decides which tiles a view needs, fetches them, nearest to the centre first, and
 * keeps the last used ones. Coarser tiles fill in while finer ones are on their way.
 *
 * A tile is `{level, column, row, step, left, top, right, bottom, width, height, samples}`: `step` pixels of the image per
 * sample, the extent in the coordinates of the image, and `width` x `height` samples, row-major. `surroundings` counts the
 * neighbours that have arrived since, so that painters know when to fetch the samples beside the tile anew (`sampleBeside`).
 */
export class TilePyramid {
  #tiles = new Map();
  #waiting = [];
  #fetching = new Map();
  #failed = new Set();

  /**
   * @param layer "image", "map" or the path of the tiles of a result's map, as a list
   * @param image `project.image`  @param levels number of levels
   * @param events `{onTile(), onRelease(tile), onError(error)}`
   */
  constructor(projectId, layer, image, levels, events) {
    Object.assign(this, { projectId, layer, image, levels, events });
  }

  /** The level whose samples are nearest in size to the pixels of the screen. */
  levelFor(viewport, ratio) {
    const level = Math.round(Math.log2(1 / (viewport.scale * ratio)));
    return Math.min(Math.max(level, 0), this.levels - 1);
  }

  /** The tiles at hand that cover the view, the coarsest first; asks for those that are missing. */
  visible(viewport, ratio) {
    const wanted = this.levelFor(viewport, ratio);
    const found = [];
    const missing = [];
    for (let level = this.levels - 1; level >= wanted; level--) {
      for (const [column, row] of this.#covering(viewport, level)) {
        const key = `${level}/${column}/${row}`;
        const tile = this.#tiles.get(key);
        if (tile) {
          // Deleted and set again, it is the last of the map's order: the most recently used.
          this.#tiles.delete(key);
          this.#tiles.set(key, tile);
          found.push(tile);
        } else if (level === wanted || level === this.levels - 1) {
          missing.push({ key, level, column, row });
        }
      }
    }
    this.#want(missing, viewport);
    return found;
  }

  /**
   * The tiles of the finest level that is complete in the view: what is drawn in part must not lie on itself. Asks for those that
   * are missing.
   */
  whole(viewport, ratio) {
    this.visible(viewport, ratio);
    for (let level = this.levelFor(viewport, ratio); level < this.levels; level++) {
      const tiles = [...this.#covering(viewport, level)].map(([column, row]) => this.#tiles.get(`${level}/${column}/${row}`));
      if (tiles.every(Boolean)) return tiles;
    }
    return [];
  }

  /** The sample at a pixel of the image with the level it was found at, or null; finest first. */
  sampleAt(x, y) {
    for (let level = 0; level < this.levels; level++) {
      const step = 2 ** level;
      const [i, j] = [Math.floor((x + 0.5) / step), Math.floor((y + 0.5) / step)];
      const { tile: side } = this.image;
      const tile = this.#tiles.get(`${level}/${Math.floor(i / side)}/${Math.floor(j / side)}`);
      const at = tile && (j - tile.row * side) * tile.width + (i - tile.column * side);
      if (tile && at < tile.samples.length) return { sample: tile.samples[at], step };
    }
    return null;
  }

  /** The sample at (i, j) of a tile, which may lie one beside it: from the neighbour, if at hand, else the nearest. */
  sampleBeside(tile, i, j) {
    const beside = (at, size) => (at < 0 ? -1 : at >= size ? 1 : 0);
    const [byColumn, byRow] = [beside(i, tile.width), beside(j, tile.height)];
    const from = this.#tiles.get(`${tile.level}/${tile.column + byColumn}/${tile.row + byRow}`);
    const inNeighbour = (at, step, size) => (step < 0 ? size - 1 : step > 0 ? 0 : at);
    const clamped = (at, size) => Math.min(Math.max(at, 0), size - 1);
    const source = from ?? tile;
    const x = from ? inNeighbour(i, byColumn, from.width) : i;
    const y = from ? inNeighbour(j, byRow, from.height) : j;
    return source.samples[clamped(y, source.height) * source.width + clamped(x, source.width)];
  }

  /** Stops all requests and gives the memory back. */
  close() {
    this.#waiting = [];
    for (const controller of this.#fetching.values()) controller.abort();
    for (const tile of this.#tiles.values()) this.events.onRelease(tile);
    this.#tiles.clear();
  }

  *#covering(viewport, level) {
    const { left, top, right, bottom } = viewport.visible;
    const span = this.image.tile * 2 ** level;
    const cellOf = (place) => Math.floor((place + 0.5) / span);
    const cells = (from, to, size) => [Math.max(cellOf(from), 0), Math.min(cellOf(to), Math.ceil(size / span) - 1)];
    const [firstColumn, lastColumn] = cells(left, right, this.image.width);
    const [firstRow, lastRow] = cells(top, bottom, this.image.height);
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) yield [column, row];
    }
  }

  #want(missing, viewport) {
    const distance = ({ level, column, row }) => {
      const span = this.image.tile * 2 ** level;
      // The coarsest level comes first of all: it covers the whole view.
      return level === this.levels - 1 ? -1 : Math.hypot((column + 0.5) * span - viewport.x, (row + 0.5) * span - viewport.y);
    };
    const keys = new Set(missing.map(({ key }) => key));
    for (const [key, controller] of this.#fetching) if (!keys.has(key)) controller.abort();
    this.#waiting = missing.filter(({ key }) => !this.#fetching.has(key) && !this.#failed.has(key));
    this.#waiting.sort((a, b) => distance(a) - distance(b));
    this.#fetchNext();
  }

  #fetchNext() {
    while (this.#fetching.size < requestsAtOnce && this.#waiting.length > 0) this.#fetch(this.#waiting.shift());
  }

  async #fetch({ key, level, column, row }) {
    const controller = new AbortController();
    this.#fetching.set(key, controller);
    try {
      const layer = Array.isArray(this.layer) ? this.layer : ["tiles", this.layer];
      const path = projectPath(this.projectId, ...layer, level, column, row);
      const bytes = await getBytes(path, { signal: controller.signal });
      this.#keep(key, this.#tile(level, column, row, bytes));
      this.events.onTile();
    } catch (error) {
      if (error.name !== "AbortError") {
        // Not asked for again: a tile that fails at every frame would flood the server.
        this.#failed.add(key);
        this.events.onError(error);
      }
    } finally {
      this.#fetching.delete(key);
      this.#fetchNext();
    }
  }

  #tile(level, column, row, bytes) {
    const step = 2 ** level;
    const { tile: side } = this.image;
    const left = column * side * step - 0.5;
    const top = row * side * step - 0.5;
    const width = Math.min(side, Math.ceil(this.image.width / step) - column * side);
    const height = Math.min(side, Math.ceil(this.image.height / step) - row * side);
    return {
      level, column, row, step, left, top, width, height, surroundings: 0, pyramid: this,
      right: Math.min(left + width * step, this.image.width - 0.5),
      bottom: Math.min(top + height * step, this.image.height - 0.5),
      samples: this.layer === "map" ? new Uint8Array(bytes) : new Uint16Array(bytes),
    };
  }

  #keep(key, tile) {
    this.#tiles.set(key, tile);
    for (const byRow of [-1, 0, 1]) {
      for (const byColumn of [-1, 0, 1]) {
        const neighbour = this.#tiles.get(`${tile.level}/${tile.column + byColumn}/${tile.row + byRow}`);
        if (neighbour) neighbour.surroundings++;
      }
    }
    for (const [oldest, old] of this.#tiles) {
      if (this.#tiles.size <= capacity) break;
      // The coarsest level stays: it is what is seen while others load.
      if (old.level === this.levels - 1) continue;
      this.#tiles.delete(oldest);
      this.events.onRelease(old);
    }
  }
}
