import { program, worldToClip } from "./gl.js";

const vertexSource = `#version 300 es
in vec2 corner;
uniform vec4 toClip;
uniform vec4 extent;  // left, top, right, bottom of the tile in the world
uniform vec3 toTexel; // scale and offset from the world to texels of the tile
out vec2 texel;
void main() {
  vec2 place = mix(extent.xy, extent.zw, corner);
  texel = place * toTexel.x + toTexel.yz;
  gl_Position = vec4(place * toClip.xy + toClip.zw, 0.0, 1.0);
}`;

// Integer textures cannot be filtered by the hardware, and floating-point ones that can hold only 11 bits of the 16.
// So the shader reads the four neighbours itself; far in, where pixels are larger than a marker, it shows them as squares.
export const samplingSource = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D samples;
uniform float largest;
uniform bool isSmooth;
in vec2 texel;
out vec4 color;
float at(ivec2 place) {
  // One sample of the neighbours lies around the tile's own, so that no seam shows between tiles.
  return float(texelFetch(samples, clamp(place + 1, ivec2(0), textureSize(samples, 0) - 1), 0).r) / largest;
}
/** The sample at a place, as it is stored. */
int sampleAt(vec2 place) {
  ivec2 cell = clamp(ivec2(floor(place)) + 1, ivec2(0), textureSize(samples, 0) - 1);
  return int(texelFetch(samples, cell, 0).r);
}
float value() {
  if (!isSmooth) return at(ivec2(floor(texel)));
  vec2 place = texel - 0.5;
  ivec2 first = ivec2(floor(place));
  vec2 share = place - floor(place);
  return mix(mix(at(first), at(first + ivec2(1, 0)), share.x),
             mix(at(first + ivec2(0, 1)), at(first + ivec2(1, 1)), share.x), share.y);
}`;

const grayscaleSource = `${samplingSource}
uniform vec3 contrast; // black, white, gamma
void main() {
  float share = clamp((value() - contrast.x) / max(contrast.y - contrast.x, 1e-5), 0.0, 1.0);
  color = vec4(vec3(pow(share, contrast.z)), 1.0);
}`;

// The map lies over the image as a tint where it says "a column"; towards full opacity it covers the image whole, so that
// one slider leads from the image alone to the map alone.
const tintSource = `${samplingSource}
uniform float opacity;
uniform vec3 tint;
void main() {
  float share = value();
  float alpha = opacity * mix(share, 1.0, opacity * opacity * opacity);
  color = vec4(tint * share * alpha, alpha);
}`;

/** Draws tiles of one layer: grey values with a contrast, or with `tint` the map of the network. */
export class GLImagePainter {
  /** @param {{tint?: number[], source?: string}} options a colour [r, g, b], 0..255; a fragment shader of its own */
  constructor(gl, { tint, source } = {}) {
    this.gl = gl;
    this.tint = tint;
    this.made = program(gl, vertexSource, source ?? (tint ? tintSource : grayscaleSource), ["corner"]);
    this.textures = new Map();
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
  }

  /** Gives the graphics memory of a tile back. */
  release(tile) {
    this.gl.deleteTexture(this.textures.get(tile)?.texture ?? null);
    this.textures.delete(tile);
  }

  /**
   * @param tiles what TilePyramid.visible returns, the coarsest first
   * @param look `{black, white, gamma}`, or `{opacity}` of the map
   */
  draw(viewport, ratio, tiles, look) {
    const { gl, made } = this;
    gl.useProgram(made.program);
    gl.bindVertexArray(this.array);
    gl.uniform4fv(made.uniforms.toClip, worldToClip(viewport));
    gl.uniform1i(made.uniforms.samples, 0);
    this.setLook(look);
    gl.activeTexture(gl.TEXTURE0);
    for (const tile of tiles) {
      gl.bindTexture(gl.TEXTURE_2D, this.#texture(tile));
      gl.uniform1f(made.uniforms.largest, tile.samples instanceof Uint16Array ? 65535 : 255);
      gl.uniform1i(made.uniforms.isSmooth, viewport.scale * ratio * tile.step < 6 ? 1 : 0);
      this.setTile(tile, viewport.scale * ratio);
      gl.uniform4f(made.uniforms.extent, tile.left, tile.top, tile.right, tile.bottom);
      gl.uniform3f(made.uniforms.toTexel, 1 / tile.step, -tile.left / tile.step, -tile.top / tile.step);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
    gl.bindVertexArray(null);
  }

  /** Sets what is the same for all tiles of a frame. */
  setLook(look) {
    const { gl, made } = this;
    if (this.tint) {
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.uniform1f(made.uniforms.opacity, look.opacity);
      gl.uniform3fv(made.uniforms.tint, this.tint.map((component) => component / 255));
    } else {
      gl.disable(gl.BLEND);
      gl.uniform3f(made.uniforms.contrast, look.black, look.white, look.gamma);
    }
  }

  /** Sets what a painter needs of each tile. @param scale device pixels per pixel of the image */
  setTile() {}

  #texture(tile) {
    const known = this.textures.get(tile);
    if (known?.surroundings === tile.surroundings) return known.texture;
    const { gl } = this;
    const texture = known?.texture ?? gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    if (!known) {
      const format = tile.samples instanceof Uint16Array ? gl.R16UI : gl.R8UI;
      gl.texStorage2D(gl.TEXTURE_2D, 1, format, tile.width + 2, tile.height + 2);
      for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
      this.#put(1, 1, tile.width, tile.height, tile.samples);
    }
    this.#putBorder(tile);
    this.textures.set(tile, { texture, surroundings: tile.surroundings });
    return texture;
  }

  #putBorder(tile) {
    const { width, height, pyramid } = tile;
    const strip = (length, sampleAt) => tile.samples.constructor.from({ length }, (_, at) => sampleAt(at));
    for (const [row, y] of [[-1, 0], [height, height + 1]]) {
      this.#put(0, y, width + 2, 1, strip(width + 2, (at) => pyramid.sampleBeside(tile, at - 1, row)));
    }
    for (const [column, x] of [[-1, 0], [width, width + 1]]) {
      this.#put(x, 1, 1, height, strip(height, (at) => pyramid.sampleBeside(tile, column, at)));
    }
  }

  #put(x, y, width, height, samples) {
    const type = samples instanceof Uint16Array ? this.gl.UNSIGNED_SHORT : this.gl.UNSIGNED_BYTE;
    this.gl.texSubImage2D(this.gl.TEXTURE_2D, 0, x, y, width, height, this.gl.RED_INTEGER, type, samples);
  }
}
