// The clouds by WebGL2. Where people come from goes to the card once a snapshot, where they go once it has changed; zoom, shift
// and the way between the two are uniforms. A point is one vertex with a sprite, a line one instance of a strip.

import { LINES_AT_ONCE, changed, coloursOf, countOf, drawnDomains, fitTo, hiddenCanvas, linesOf, penOf, sprite, spriteKey } from "./look.js";

/** @import { Ground, Lines, Scene } from "./look.js" */

const POINT_VERTEX = `#version 300 es
layout(location = 0) in vec2 start;
layout(location = 1) in vec2 end;
layout(location = 2) in float kind;
uniform vec4 view; // of a place: scale in x and y, then shift
uniform float share, size, kinds;
flat out float column;
void main() {
  gl_Position = vec4(mix(start, end, share) * view.xy + view.zw, 0, 1);
  gl_PointSize = size;
  column = min(kind, kinds - 1.0);
}`;
const POINT_FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D sprite; // one beside the other, a colour each
uniform highp float kinds; // as precise as where the vertices have it
flat in float column;
out vec4 colour;
void main() { colour = texture(sprite, vec2((gl_PointCoord.x + column) / kinds, gl_PointCoord.y)); }`;
const LINE_VERTEX = `#version 300 es
layout(location = 0) in vec4 start; // of both ends
layout(location = 1) in vec4 end;
uniform vec4 view;
uniform vec2 half_size; // of the canvas, in its pixels
uniform float share, thick;
out float aside, along;
void main() {
  vec4 ends = mix(start, end, share) * view.xyxy + view.zwzw;
  vec2 from = ends.xy * half_size, to = ends.zw * half_size;
  float length_of = length(to - from);
  vec2 ahead = length_of > 0.0 ? (to - from) / length_of : vec2(1, 0);
  // Half a pixel more on each side, on which the edge fades out.
  float reach = thick / 2.0 + 0.5;
  aside = (float(gl_VertexID & 1) * 2.0 - 1.0) * reach;
  along = gl_VertexID < 2 ? 0.0 : length_of;
  vec2 place = (gl_VertexID < 2 ? from : to) + vec2(-ahead.y, ahead.x) * aside;
  gl_Position = vec4(place / half_size, 0, 1);
}`;
const LINE_FRAGMENT = `#version 300 es
precision highp float;
in float aside, along;
uniform vec4 ink; // times alpha
uniform float thick, dash;
out vec4 colour;
void main() {
  float cover = clamp(thick / 2.0 + 0.5 - abs(aside), 0.0, min(1.0, thick));
  if (dash > 0.0 && mod(along, 2.0 * dash) > dash) discard;
  // What is hardly covered must not keep the next line of the path out.
  if (cover < 0.1) discard;
  colour = ink * cover;
}`;

/**
 * @typedef {object} Program
 * @property {WebGLProgram} program
 * @property {Record<string, WebGLUniformLocation | null>} place of each uniform
 */

/** Numbers of paths that the stencil can tell apart. */
const PATHS = 255;

/**
 * @typedef {object} Cloud what the card has of a domain: those in it alone first, then the others
 * @property {Uint32Array} order
 * @property {number} alone
 * @property {WebGLBuffer} starts
 * @property {WebGLBuffer} ends
 * @property {WebGLBuffer} kinds a byte each
 * @property {Float32Array} sorted room to sort in
 *
 * @typedef {object} Strip what the card has of lines of one strength
 * @property {Lines} lines
 * @property {number} count
 * @property {WebGLBuffer} starts
 * @property {WebGLBuffer} ends
 * @property {Float32Array} places room to collect them in
 */

/**
 * A canvas for WebGL2, if the browser has it and does not merely play a graphics card on the processor.
 * @param {boolean} anyway on the processor too
 * @param {() => void} changed after the context was lost or came back
 * @returns {WebglGround | null}
 */
export function webglGround(anyway, changed) {
  const canvas = hiddenCanvas(1, 1);
  const settings = { alpha: false, antialias: false, depth: false, stencil: true, preserveDrawingBuffer: true };
  const gl = /** @type {WebGL2RenderingContext | null} */ (canvas.getContext("webgl2", settings));
  if (!gl || gl.isContextLost()) return null;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  if (!anyway && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer)) return null;
  return new WebglGround(canvas, gl, changed);
}

/** @implements {Ground} */
export class WebglGround {
  /** @type {Program | null} */
  #points = null;
  /** @type {Program | null} */
  #strips = null;
  /** @type {Cloud[]} */
  #clouds = [];
  /** @type {Strip[]} */
  #lines = [];
  /** @type {Map<string, { texture: WebGLTexture, size: number }>} */
  #sprites = new Map();
  #spritesOf = "";
  /** The snapshot of which the clouds on the card are, and the placement; 0 before there are any. */
  #snapshot = 0;
  #placement = 0;
  /** Of what snapshot and people the colours on the card are. @type {unknown[]} */
  #kindsOf = [];
  /** What the lines on the card were chosen of. @type {unknown[]} */
  #linesOf = [];
  /** The path that is drawn, for the stencil. */
  #path = 0;

  /**
   * @param {import("./look.js").Canvas} canvas
   * @param {WebGL2RenderingContext} gl
   * @param {() => void} changed
   */
  constructor(canvas, gl, changed) {
    this.canvas = canvas;
    this.gl = gl;
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault(); // or it would never come back
      changed();
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.#setUp();
      changed();
    });
    this.#setUp();
  }

  get isLost() {
    return this.gl.isContextLost();
  }

  /** Nothing of what was on the card before is there any more. */
  #setUp() {
    this.#points = this.#program(POINT_VERTEX, POINT_FRAGMENT, ["view", "share", "size", "kinds"]);
    this.#strips = this.#program(LINE_VERTEX, LINE_FRAGMENT, ["view", "half_size", "share", "thick", "ink", "dash"]);
    [this.#clouds, this.#lines, this.#sprites, this.#spritesOf] = [[], [], new Map(), ""];
    [this.#snapshot, this.#placement, this.#linesOf, this.#kindsOf] = [0, 0, [], []];
  }

  /** @param {string} vertex @param {string} fragment @param {string[]} uniforms @returns {Program | null} */
  #program(vertex, fragment, uniforms) {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [kind, text] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]])) {
      const shader = gl.createShader(kind);
      if (!shader) return null;
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`WebGL refuses a program of the map: ${gl.getProgramInfoLog(program)}`);
    }
    return { program, place: Object.fromEntries(uniforms.map((name) => [name, gl.getUniformLocation(program, name)])) };
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { gl } = this;
    const { width, height, view, palette } = scene;
    const [across, down] = fitTo(this.canvas, scene);
    this.#upload(scene);
    gl.viewport(0, 0, across, down);
    const [red, green, blue] = rgb(palette.page);
    gl.clearColor(red, green, blue, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.STENCIL_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const [x, y] = [(2 * view.scale) / width, (-2 * view.scale) / height];
    const shift = [-view.x * x, -view.y * y];
    this.#drawLines(scene, [x, y, ...shift], across, down);
    // A point whose middle lies outside is not drawn at all, so that the card is told of a larger field than the canvas.
    const margin = 64;
    gl.viewport(-margin, -margin, across + 2 * margin, down + 2 * margin);
    const [fewerX, fewerY] = [across / (across + 2 * margin), down / (down + 2 * margin)];
    this.#drawPoints(scene, [x * fewerX, y * fewerY, shift[0] * fewerX, shift[1] * fewerY]);
  }

  /** Brings to the card what has changed. @param {Scene} scene */
  #upload(scene) {
    const { gl } = this;
    const { starts, ends, shared, snapshot, placement, shown, stride, tints } = scene;
    if (this.#snapshot !== snapshot) {
      [this.#snapshot, this.#placement] = [snapshot, 0];
      for (const { starts, ends, kinds } of this.#clouds) [starts, ends, kinds].forEach((buffer) => gl.deleteBuffer(buffer));
      this.#clouds = shared.map((both, d) => {
        const alone = countOf(both, 0);
        const order = new Uint32Array(both.length);
        let [first, second] = [0, alone];
        for (let user = 0; user < both.length; user++) order[both[user] ? second++ : first++] = user;
        const [starting, ending, kinds] = [0, 1, 2].map(() => gl.createBuffer());
        const cloud = { order, alone, starts: starting, ends: ending, kinds, sorted: new Float32Array(2 * order.length) };
        this.#sortInto(cloud.starts, cloud, starts[d], gl.STATIC_DRAW);
        return cloud;
      });
    }
    const isMoved = this.#placement !== placement;
    if (isMoved) for (const [d, cloud] of this.#clouds.entries()) this.#sortInto(cloud.ends, cloud, ends[d], gl.DYNAMIC_DRAW);
    const kindsAreOf = [snapshot, tints?.classes];
    if (tints && changed(this.#kindsOf, kindsAreOf)) {
      for (const [d, { kinds, order }] of this.#clouds.entries()) {
        gl.bindBuffer(gl.ARRAY_BUFFER, kinds);
        gl.bufferData(gl.ARRAY_BUFFER, Uint8Array.from(order, (user) => tints.classes[d][user]), gl.STATIC_DRAW);
      }
    }
    this.#kindsOf = kindsAreOf;
    const linesAreOf = [snapshot, shown, stride];
    if (changed(this.#linesOf, linesAreOf)) {
      this.#linesOf = linesAreOf;
      for (const { starts, ends } of this.#lines) [starts, ends].forEach((buffer) => gl.deleteBuffer(buffer));
      this.#lines = linesOf(scene).map((lines) => {
        const count = lines.pairs.reduce((sum, { users }) => sum + users.length / 2, 0);
        const strip = { lines, count, starts: gl.createBuffer(), ends: gl.createBuffer(), places: new Float32Array(4 * count) };
        this.#collectInto(strip.starts, strip, starts, gl.STATIC_DRAW);
        this.#collectInto(strip.ends, strip, ends, gl.DYNAMIC_DRAW);
        return strip;
      });
    } else if (isMoved) {
      for (const strip of this.#lines) this.#collectInto(strip.ends, strip, ends, gl.DYNAMIC_DRAW);
    }
    this.#placement = placement;
    const key = spriteKey(scene);
    if (key === this.#spritesOf) return;
    for (const { texture } of this.#sprites.values()) gl.deleteTexture(texture);
    this.#sprites.clear();
    this.#spritesOf = key;
  }

  /** @param {WebGLBuffer} buffer @param {Cloud} cloud @param {Float32Array} places @param {number} usage */
  #sortInto(buffer, { order, sorted }, places, usage) {
    for (let n = 0; n < order.length; n++) {
      sorted[2 * n] = places[2 * order[n]];
      sorted[2 * n + 1] = places[2 * order[n] + 1];
    }
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, sorted, usage);
  }

  /** @param {WebGLBuffer} buffer @param {Strip} strip @param {Float32Array[]} places @param {number} usage */
  #collectInto(buffer, { lines, places: into }, places, usage) {
    let at = 0;
    for (const { domains, users } of lines.pairs) {
      const [from, to] = [places[domains[0]], places[domains[1]]];
      for (let n = 0; n < users.length; n += 2) {
        into[at++] = from[2 * users[n]];
        into[at++] = from[2 * users[n] + 1];
        into[at++] = to[2 * users[n + 1]];
        into[at++] = to[2 * users[n + 1] + 1];
      }
    }
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, into, usage);
  }

  /** @param {Scene} scene @param {number[]} view @param {number} across @param {number} down */
  #drawLines({ share, ratio, palette }, view, across, down) {
    const { gl } = this;
    if (!this.#strips) return;
    const { program, place } = this.#strips;
    gl.useProgram(program);
    gl.uniform4fv(place.view, view);
    gl.uniform2f(place.half_size, across / 2, down / 2);
    gl.uniform1f(place.share, share);
    gl.uniform1f(place.thick, ratio);
    // A path colours a pixel once, as a pen does.
    gl.enable(gl.STENCIL_TEST);
    gl.stencilOp(gl.KEEP, gl.KEEP, gl.REPLACE);
    this.#path = 0;
    const [red, green, blue] = rgb(palette.ink);
    for (const { lines, count, starts, ends } of this.#lines) {
      const { alpha, dashed } = lines;
      gl.uniform4f(place.ink, red * alpha, green * alpha, blue * alpha, alpha);
      gl.uniform1f(place.dash, dashed ? 3 * ratio : 0);
      for (let first = 0; first < count; first += LINES_AT_ONCE) {
        if (this.#path === PATHS) gl.clear(gl.STENCIL_BUFFER_BIT);
        this.#path = (this.#path % PATHS) + 1;
        gl.stencilFunc(gl.NOTEQUAL, this.#path, 0xff);
        for (const [location, buffer] of [starts, ends].entries()) this.#attribute(location, buffer, 4, 16, 16 * first, 1);
        gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, Math.min(LINES_AT_ONCE, count - first));
      }
    }
    gl.disable(gl.STENCIL_TEST);
  }

  /** @param {Scene} scene @param {number[]} view */
  #drawPoints(scene, view) {
    const { gl } = this;
    if (!this.#points) return;
    const { program, place } = this.#points;
    gl.useProgram(program);
    gl.uniform4fv(place.view, view);
    gl.uniform1f(place.share, scene.share);
    for (const both of [false, true]) {
      for (const domain of drawnDomains(scene)) {
        const { alone, order, starts, ends, kinds } = this.#clouds[domain];
        const [from, to] = both ? [alone, order.length] : [0, alone];
        const count = Math.ceil((to - from) / scene.stride);
        if (count === 0) continue;
        const { texture, size } = this.#sprite(scene, domain, both);
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.uniform1f(place.size, size);
        gl.uniform1f(place.kinds, coloursOf(scene, domain).length);
        gl.disableVertexAttribArray(2);
        gl.vertexAttrib1f(2, 0);
        if (scene.tints) {
          gl.bindBuffer(gl.ARRAY_BUFFER, kinds);
          gl.enableVertexAttribArray(2);
          gl.vertexAttribPointer(2, 1, gl.UNSIGNED_BYTE, false, scene.stride, from);
        }
        for (const [location, buffer] of [starts, ends].entries()) {
          this.#attribute(location, buffer, 2, 8 * scene.stride, 8 * from, 0);
        }
        gl.drawArrays(gl.POINTS, 0, count);
      }
    }
  }

  /**
   * @param {number} location
   * @param {WebGLBuffer} buffer
   * @param {number} numbers
   * @param {number} stride
   * @param {number} offset
   * @param {number} divisor
   */
  #attribute(location, buffer, numbers, stride, offset, divisor) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, numbers, gl.FLOAT, false, stride, offset);
    gl.vertexAttribDivisor(location, divisor);
  }

  /** @param {Scene} scene @param {number} domain @param {boolean} both */
  #sprite(scene, domain, both) {
    const { gl } = this;
    const name = `${domain} ${both}`;
    const known = this.#sprites.get(name);
    if (known) return known;
    const images = coloursOf(scene, domain).map((colour) => sprite(scene.slots[domain], both, colour, scene));
    const [{ width: size }] = images;
    const pen = penOf(hiddenCanvas(size * images.length, size), { willReadFrequently: true });
    for (const [n, image] of images.entries()) pen.putImageData(image, n * size, 0);
    const image = pen.getImageData(0, 0, size * images.length, size);
    const made = { texture: gl.createTexture(), size };
    gl.bindTexture(gl.TEXTURE_2D, made.texture);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    this.#sprites.set(name, made);
    return made;
  }
}

/** Colours that were resolved before. @type {Map<string, number[]>} */
const resolved = new Map();

/** A colour of the stylesheet in parts of 1. @param {string} colour */
function rgb(colour) {
  const found = resolved.get(colour);
  if (found) return found;
  const pen = penOf(hiddenCanvas(1, 1), { willReadFrequently: true });
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const parts = [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part / 255);
  resolved.set(colour, parts);
  return parts;
}
