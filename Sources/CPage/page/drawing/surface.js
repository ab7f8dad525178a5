import { CanvasImagePainter } from "./canvas-image.js";
import { CanvasPointPainter } from "./canvas-points.js";
import { forgetPrograms } from "./gl.js";
import { GLImagePainter } from "./gl-image.js";
import { GLMapPainter } from "../maps/gl-map.js";
import { GLPointPainter } from "./gl-points.js";

/**
 * A canvas to paint on, through WebGL 2 where the browser has it and through the 2D context elsewhere. Views know painters
 * only: `setTiles`, `draw` and the like mean the same on both. `?renderer=canvas` asks for the second, which tests use.
 */
export class Surface {
  /** @param {HTMLCanvasElement} canvas  @param {() => void} onRestore called when painters must be made anew */
  constructor(canvas, onRestore) {
    this.canvas = canvas;
    const wantsCanvas = new URLSearchParams(location.search).get("renderer") === "canvas";
    this.gl = wantsCanvas ? null : canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    this.context = this.gl ? null : canvas.getContext("2d", { alpha: false });
    if (this.gl) {
      // A laptop that wakes up may have lost its graphics memory; without this the view would stay black.
      canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
      canvas.addEventListener("webglcontextrestored", () => {
        forgetPrograms(this.gl);
        onRestore();
      });
    }
  }

  get kind() {
    return this.gl ? "webgl2" : "canvas";
  }

  imagePainter(options) {
    return this.gl ? new GLImagePainter(this.gl, options) : new CanvasImagePainter(this.context, options);
  }

  /** For a map in the colours of a palette. */
  mapPainter() {
    return this.gl ? new GLMapPainter(this.gl) : new CanvasImagePainter(this.context);
  }

  pointPainter() {
    return this.gl ? new GLPointPainter(this.gl) : new CanvasPointPainter(this.context);
  }

  /** Begins a frame of `width` x `height` device pixels on a background [r, g, b], 0..255. */
  begin(width, height, [red, green, blue]) {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    if (this.gl) {
      this.gl.viewport(0, 0, width, height);
      this.gl.clearColor(red / 255, green / 255, blue / 255, 1);
      this.gl.clear(this.gl.COLOR_BUFFER_BIT);
    } else {
      this.context.setTransform(1, 0, 0, 1, 0, 0);
      this.context.fillStyle = `rgb(${red} ${green} ${blue})`;
      this.context.fillRect(0, 0, width, height);
    }
  }
}
