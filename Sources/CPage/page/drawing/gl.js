/** Programs by context and source: painters of one kind share theirs, because compiling takes longer than a frame may. */
const programs = new WeakMap();

/** After a context was lost its programs are gone. */
export function forgetPrograms(gl) {
  programs.delete(gl);
}

/** A WebGL 2 program, compiled and linked, with the places of all its uniforms: `{program, uniforms}`. */
export function program(gl, vertexSource, fragmentSource, attributes) {
  if (!programs.has(gl)) programs.set(gl, new Map());
  const known = programs.get(gl);
  const key = vertexSource + fragmentSource;
  if (!known.has(key)) known.set(key, linked(gl, vertexSource, fragmentSource, attributes));
  return known.get(key);
}

function linked(gl, vertexSource, fragmentSource, attributes) {
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
