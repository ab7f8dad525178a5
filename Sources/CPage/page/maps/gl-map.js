import { GLImagePainter, samplingSource } from "../drawing/gl-image.js";
import { mostColors } from "./palette.js";

// Labels are flat areas with an outline, numbers a ramp of colours; where there is no value, the image is seen.
const paletteSource = `${samplingSource}
uniform vec3 palette[${mostColors}];
uniform int count;
uniform bool isLabels;
uniform vec2 shown;    // the first and the last colour, as shares of the samples
uniform float opacity;
uniform float reach;   // half the width of an outline in texels
void main() {
  int own = sampleAt(texel);
  if (isLabels) {
    bool isEdge = sampleAt(texel + vec2(reach, 0.0)) != own || sampleAt(texel - vec2(reach, 0.0)) != own
      || sampleAt(texel + vec2(0.0, reach)) != own || sampleAt(texel - vec2(0.0, reach)) != own;
    if (own == 0) discard;
    float alpha = isEdge ? min(opacity + 0.5, 1.0) : opacity * 0.6;
    color = vec4(palette[(own - 1) % count] * alpha, alpha);
    return;
  }
  if (own == 0) discard;
  float share = (float(own - 1) / 65534.0 - shown.x) / max(shown.y - shown.x, 1e-9);
  float place = clamp(share, 0.0, 1.0) * float(count - 1);
  int below = min(int(place), count - 2);
  color = vec4(mix(palette[below], palette[below + 1], place - float(below)) * opacity, opacity);
}`;

/** Draws the tiles of a map in the colours of its palette. */
export class GLMapPainter extends GLImagePainter {
  constructor(gl) {
    super(gl, { source: paletteSource });
  }

  setLook({ palette, opacity }) {
    const { gl, made: { uniforms } } = this;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const colors = new Float32Array(3 * mostColors);
    palette.colors.forEach((color, at) => colors.set(color.map((component) => component / 255), 3 * at));
    gl.uniform3fv(uniforms["palette[0]"] ?? uniforms.palette, colors);
    gl.uniform1i(uniforms.count, palette.colors.length);
    gl.uniform1i(uniforms.isLabels, palette.isLabels ? 1 : 0);
    gl.uniform2fv(uniforms.shown, palette.shown);
    gl.uniform1f(uniforms.opacity, opacity);
  }

  setTile(tile, scale) {
    // An outline is as wide on the screen at every zoom.
    this.gl.uniform1f(this.made.uniforms.reach, Math.min(1.2 / (scale * tile.step), 8));
  }
}
