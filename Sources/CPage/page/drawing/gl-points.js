import { needsLightRim } from "./class-styles.js";
import { program, worldToClip } from "./gl.js";
import { barWidth, shapes } from "./markers.js";
import { Kind } from "./site-kind.js";

const vertexSource = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
in vec2 place;
in uint label;
in uint kind;
in uint mark;
uniform vec4 toClip;
uniform float radius;      // of a marker, in device pixels
uniform bool hasMarks;     // some sites are marked: the others recede
uniform usampler2D styles; // one column per class: colour and opacity; shape and rim
flat out vec4 color;
flat out int shape;
flat out float rim;
flat out float size;
flat out float body;
void main() {
  uvec4 look = texelFetch(styles, ivec2(int(label), 0), 0);
  uvec4 form = texelFetch(styles, ivec2(int(label), 1), 0);
  float opacity = float(look.a) / 255.0;
  if (hasMarks && mark == 0u) opacity *= 0.2;
  color = vec4(vec3(look.rgb) / 255.0, opacity);
  shape = int(form.r);
  rim = float(form.g);
  size = hasMarks && mark != 0u ? radius * 1.25 : radius;
  // Vacant nodes are hollow; so are large markers, below which one wants to see the column.
  body = kind == ${Kind.vacant}u ? 0.0 : mix(1.0, 0.3, smoothstep(4.0, 7.0, radius));
  gl_PointSize = 2.0 * (size * 1.3 + 2.0);
  gl_Position = vec4(place * toClip.xy + toClip.zw, 0.0, 1.0);
  // Outside of clip space: not drawn.
  if (opacity == 0.0 || kind == ${Kind.nowhere}u) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

const fragmentSource = `#version 300 es
precision highp float;
precision highp int;
flat in vec4 color;
flat in int shape;
flat in float rim;
flat in float size;
flat in float body;
out vec4 result;
const int sides[${shapes.length}] = int[](${shapes.map((shape) => shape.sides).join(", ")});
const float turns[${shapes.length}] = float[](${shapes.map((shape) => shape.turn.toFixed(6)).join(", ")});
const float reaches[${shapes.length}] = float[](${shapes.map((shape) => shape.reach.toFixed(3)).join(", ")});

/** Distance to the outline in device pixels, negative inside. */
float outline(vec2 p) {
  float reach = size * reaches[shape];
  if (sides[shape] == 0) return length(p) - reach;
  float c = cos(turns[shape]), s = sin(turns[shape]);
  p = vec2(p.x * c + p.y * s, p.y * c - p.x * s);
  if (sides[shape] < 0) {
    vec2 a = abs(p);
    vec2 upright = a - reach * vec2(${barWidth}, 1.0), level = a - reach * vec2(1.0, ${barWidth});
    return min(max(upright.x, upright.y), max(level.x, level.y));
  }
  // Folded into the sector of one side, whose middle lies at half a sector from each corner.
  float sector = 6.2831853 / float(sides[shape]);
  float angle = atan(p.x, -p.y);
  angle = mod(angle, sector) - 0.5 * sector;
  return length(p) * cos(angle) - reach * cos(0.5 * sector);
}

void main() {
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * (size * 1.3 + 2.0);
  float d = outline(p);
  // Below some 2 pixels a rim would be all that is seen.
  float rimWidth = clamp((size - 1.8) * 0.8, 0.0, 1.0);
  float lineWidth = max(1.4, size * 0.22);
  float whole = clamp(0.5 - (d - rimWidth), 0.0, 1.0);
  float filled = clamp(0.5 - d, 0.0, 1.0);
  float interior = clamp(0.5 - (d + lineWidth), 0.0, 1.0);
  float alpha = color.a * whole * mix(1.0, body, interior);
  if (alpha < 0.004) discard;
  vec3 shade = mix(vec3(rim), color.rgb, rimWidth > 0.0 ? filled : 1.0);
  result = vec4(shade * alpha, alpha);
}`;

/**
 * Draws a marker at each of up to millions of points in one call. Places, labels and marks lie in buffers of the graphics
 * memory; a frame uploads a handful of numbers, a change of colours a texture of one column per class.
 */
export class GLPointPainter {
  #hasMarks = false;

  constructor(gl) {
    this.gl = gl;
    this.made = program(gl, vertexSource, fragmentSource, ["place", "label", "kind", "mark"]);
    this.array = gl.createVertexArray();
    this.buffers = [0, 1, 2, 3].map(() => gl.createBuffer());
    this.styles = gl.createTexture();
    this.count = 0;
    gl.bindVertexArray(this.array);
    const layouts = [[2, gl.FLOAT], [1, gl.UNSIGNED_SHORT], [1, gl.UNSIGNED_BYTE], [1, gl.UNSIGNED_BYTE]];
    for (const [place, [size, type]] of layouts.entries()) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[place]);
      gl.enableVertexAttribArray(place);
      if (type === gl.FLOAT) gl.vertexAttribPointer(place, size, type, false, 0, 0);
      else gl.vertexAttribIPointer(place, size, type, 0, 0);
    }
    gl.bindVertexArray(null);
  }

  /** Takes x, y and kind of each point; labels and marks start at 0. */
  setPlaces(places, kinds) {
    this.count = kinds.length;
    this.#upload(0, places);
    this.#upload(1, new Uint16Array(this.count));
    this.#upload(2, kinds);
    this.setMarks(null);
  }

  setLabels(labels) {
    this.#upload(1, labels);
  }

  /** Marks the points whose entry is not 0, so that all others recede; null marks none. */
  setMarks(marks) {
    this.#hasMarks = marks !== null;
    this.#upload(3, marks ?? new Uint8Array(this.count));
  }

  /** @param styles what classStyles returns */
  setStyles(styles) {
    const { gl } = this;
    const texels = new Uint8Array(8 * styles.length);
    for (const [index, { color, shape, opacity }] of styles.entries()) {
      texels.set([...color, Math.round(255 * opacity)], 4 * index);
      texels.set([shape, needsLightRim(color) ? 1 : 0], 4 * (styles.length + index));
    }
    gl.bindTexture(gl.TEXTURE_2D, this.styles);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8UI, styles.length, 2, 0, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE, texels);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  }

  /** @param radius of a marker in device pixels */
  draw(viewport, radius) {
    if (this.count === 0) return;
    const { gl, made } = this;
    gl.useProgram(made.program);
    gl.bindVertexArray(this.array);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.styles);
    gl.uniform1i(made.uniforms.styles, 0);
    gl.uniform4fv(made.uniforms.toClip, worldToClip(viewport));
    gl.uniform1f(made.uniforms.radius, radius);
    gl.uniform1i(made.uniforms.hasMarks, this.#hasMarks ? 1 : 0);
    gl.drawArrays(gl.POINTS, 0, this.count);
    gl.bindVertexArray(null);
  }

  #upload(place, data) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[place]);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  }
}
