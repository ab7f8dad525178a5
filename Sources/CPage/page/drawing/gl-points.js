import { needsLightRim } from "./class-styles.js";
import { program, worldToClip } from "./gl.js";
import { barWidth, shapes } from "./markers.js";
import { Kind } from "./site-kind.js";

// The radius from which a marker has a rim. Below, the rim would be all that is seen; dark colours need theirs earlier.
const smallestRadius = "float smallest(float rim) { return mix(1.8, 1.0, rim); }";

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
flat out float reach; // half the side of the square that is painted, no larger than the marker needs
${smallestRadius}
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
  reach = size * ${Math.max(...shapes.map((shape) => shape.reach)).toFixed(2)} + clamp(size - smallest(rim), 0.0, 1.0) + 0.5;
  gl_PointSize = 2.0 * reach;
  gl_Position = vec4(place * toClip.xy + toClip.zw, 0.0, 1.0);
  // Outside of clip space: not drawn.
  if (opacity == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

const fragmentSource = `#version 300 es
precision highp float;
precision highp int;
flat in vec4 color;
flat in int shape;
flat in float rim;
flat in float size;
flat in float body;
flat in float reach;
out vec4 result;
const int sides[${shapes.length}] = int[](${shapes.map((shape) => shape.sides).join(", ")});
const float turns[${shapes.length}] = float[](${shapes.map((shape) => shape.turn.toFixed(6)).join(", ")});
const float reaches[${shapes.length}] = float[](${shapes.map((shape) => shape.reach.toFixed(3)).join(", ")});

${smallestRadius}

/** Distance to the outline in device pixels, negative inside. */
float outline(vec2 p) {
  float extent = size * reaches[shape];
  // Too small for a shape to be seen, all are circles, which cost least.
  if (sides[shape] == 0 || size < 2.0) return length(p) - extent;
  float c = cos(turns[shape]), s = sin(turns[shape]);
  p = vec2(p.x * c + p.y * s, p.y * c - p.x * s);
  if (sides[shape] < 0) {
    vec2 a = abs(p);
    vec2 upright = a - extent * vec2(${barWidth}, 1.0), level = a - extent * vec2(1.0, ${barWidth});
    return min(max(upright.x, upright.y), max(level.x, level.y));
  }
  // Folded into the sector of one side, whose middle lies at half a sector from each corner.
  float sector = 6.2831853 / float(sides[shape]);
  float angle = atan(p.x, -p.y);
  angle = mod(angle, sector) - 0.5 * sector;
  return length(p) * cos(angle) - extent * cos(0.5 * sector);
}

void main() {
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * reach;
  float d = outline(p);
  float rimWidth = clamp(size - smallest(rim), 0.0, 1.0);
  float lineWidth = max(1.4, size * 0.22);
  float whole = clamp(0.5 - (d - rimWidth), 0.0, 1.0);
  float filled = clamp(0.5 - d, 0.0, 1.0);
  float interior = clamp(0.5 - (d + lineWidth), 0.0, 1.0);
  float alpha = color.a * whole * mix(1.0, body, interior);
  if (alpha < 0.004) discard;
  // A rim of the class's own hue, far lighter or darker: it parts the marker from any background and adds no other colour.
  vec3 rimColor = mix(color.rgb * 0.12, mix(color.rgb, vec3(1.0), 0.6), rim);
  vec3 shade = mix(rimColor, color.rgb, rimWidth > 0.0 ? filled : 1.0);
  result = vec4(shade * alpha, alpha);
}`;

/** Name, components and type of each attribute, in the order of the buffers. */
const attributes = [
  ["place", 2, "FLOAT"], ["label", 1, "UNSIGNED_SHORT"], ["kind", 1, "UNSIGNED_BYTE"], ["mark", 1, "UNSIGNED_BYTE"],
];
const bytes = { FLOAT: 4, UNSIGNED_SHORT: 2, UNSIGNED_BYTE: 1 };

/**
 * Draws a marker at each of up to millions of points. Places, labels and marks lie in buffers of the graphics memory, in the
 * order of the grid index, so that a frame uploads a handful of numbers and draws the rows of the grid that are seen; a change
 * of colours uploads a texture of one column per class.
 */
export class GLPointPainter {
  #hasMarks = false;

  constructor(gl) {
    this.gl = gl;
    this.made = program(gl, vertexSource, fragmentSource, attributes.map(([name]) => name));
    this.array = gl.createVertexArray();
    this.buffers = attributes.map(() => gl.createBuffer());
    this.styles = gl.createTexture();
    this.index = null;
  }

  /** Takes the index of the places and the kind of each point; labels and marks start at 0. */
  setPlaces(index, kinds) {
    this.index = index;
    const places = new Float32Array(2 * index.order.length);
    for (const [at, point] of index.order.entries()) {
      places[2 * at] = index.places[2 * point];
      places[2 * at + 1] = index.places[2 * point + 1];
    }
    this.#upload(0, places);
    this.#upload(1, new Uint16Array(index.order.length));
    this.#uploadInOrder(2, kinds);
    this.setMarks(null);
  }

  setLabels(labels) {
    this.#uploadInOrder(1, labels);
  }

  /** Marks the points whose entry is not 0, so that all others recede; null marks none. */
  setMarks(marks) {
    this.#hasMarks = marks !== null;
    if (marks) this.#uploadInOrder(3, marks);
    else this.#upload(3, new Uint8Array(this.index?.order.length ?? 0));
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

  /**
   * @param radius of a marker in device pixels
   * @param every draws one of so many points, where a computer without a graphics card cannot keep up
   */
  draw(viewport, radius, ratio, every = 1) {
    if (!this.index || this.index.order.length === 0) return;
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
    this.#stride(every);
    const margin = (2 * radius) / (viewport.scale * ratio);
    for (const [first, end] of this.index.runs(viewport.visible, margin)) {
      gl.drawArrays(gl.POINTS, Math.ceil(first / every), Math.floor((end - first) / every));
    }
    gl.bindVertexArray(null);
  }

  /** Lets the attributes step over points, which spares even their vertices. */
  #stride(every) {
    if (this.every === every) return;
    this.every = every;
    const { gl } = this;
    for (const [place, [, size, name]] of attributes.entries()) {
      const step = every * size * bytes[name];
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[place]);
      gl.enableVertexAttribArray(place);
      if (name === "FLOAT") gl.vertexAttribPointer(place, size, gl.FLOAT, false, step, 0);
      else gl.vertexAttribIPointer(place, size, gl[name], step, 0);
    }
  }

  #uploadInOrder(place, values) {
    if (!this.index) return;
    const { order } = this.index;
    const sorted = new values.constructor(order.length);
    for (let at = 0; at < order.length; at++) sorted[at] = values[order[at]];
    this.#upload(place, sorted);
  }

  #upload(place, data) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[place]);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  }
}
