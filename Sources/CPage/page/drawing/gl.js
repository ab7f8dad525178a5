/** Compiles and links a WebGL 2 program; returns it with the places of all its uniforms. */
export function program(gl, vertexSource, fragmentSource, attributes) {
  const made = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertexSource], [gl.FRAGMENT_SHADER, fragmentSource]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  for (const [place, name] of attributes.entries()) gl.bindAttribLocation(made, place, name);
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = gl.getAttachedShaders(made).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(`A shader does not compile: ${gl.getProgramInfoLog(made)} ${logs.join(" ")}`);
  }
  const uniforms = {};
  const count = gl.getProgramParameter(made, gl.ACTIVE_UNIFORMS) ?? 0;
  for (let index = 0; index < count; index++) {
    const { name } = gl.getActiveUniform(made, index);
    uniforms[name] = gl.getUniformLocation(made, name);
  }
  return { program: made, uniforms };
}

/** The affine map from the world to clip space as [scale x, scale y, offset x, offset y]. */
export function worldToClip(viewport) {
  const x = (2 * viewport.scale) / viewport.width;
  const y = (-2 * viewport.scale) / viewport.height;
  return [x, y, -viewport.x * x, -viewport.y * y];
}
