// Thousands of units as one draw call: each is a point that the graphics card moves from fix to fix and turns to its heading.
// A GeoJSON source would index and lay out all of them anew for each step of a glide.

import { drawAtlas, CELL_PX } from "./icons.js";

const ORIGIN = { x: 0.8148, y: 0.4338 }; // near Guangzhou, in web mercator from 0 to 1: single precision is exact to a centimetre around it
const FLOATS = 9; // from x, y; to x, y; start, span; heading, cell, order
const ORDERS = 5;
const START_ROOM = 256;
const MARK_PX = CELL_PX / 2; // on the screen

const VERTEX = `#version 300 es
layout(location = 0) in vec2 a_from; layout(location = 1) in vec2 a_to; layout(location = 2) in vec2 a_time; layout(location = 3) in vec3 a_look;
uniform vec2 u_origin; uniform vec2 u_view; uniform float u_world; uniform float u_now; uniform float u_size; uniform float u_order; uniform float u_alpha;
out vec2 v_turn; out vec2 v_cell; out float v_alpha;
void main() {
  float share = a_time.y > 0.0 ? clamp((u_now - a_time.x) / a_time.y, 0.0, 1.0) : 1.0;
  vec2 place = (u_origin + mix(a_from, a_to, share) * u_world) / u_view * 2.0 - 1.0;
  gl_Position = a_look.z == u_order ? vec4(place.x, -place.y, 0.0, 1.0) : vec4(2.0, 2.0, 0.0, 1.0);
  gl_PointSize = u_size;
  v_turn = vec2(cos(a_look.x), sin(a_look.x));
  v_cell = vec2(mod(a_look.y, 10.0), floor(a_look.y / 10.0));
  v_alpha = u_alpha;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec2 v_turn; in vec2 v_cell; in float v_alpha;
uniform sampler2D u_atlas;
out vec4 colour;
void main() {
  vec2 at = gl_PointCoord - 0.5;
  at = vec2(at.x * v_turn.x + at.y * v_turn.y, at.y * v_turn.x - at.x * v_turn.y) + 0.5;
  if (any(lessThan(at, vec2(0.0))) || any(greaterThan(at, vec2(1.0)))) discard;
  colour = texture(u_atlas, (v_cell + at) / vec2(10.0, 3.0)) * v_alpha;
}`;

/** Web mercator from 0 to 1, less the origin. */
export function flat(lon, lat) {
  const s = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5 - ORIGIN.x, 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI) - ORIGIN.y];
}

function program(gl) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(`units cannot be drawn: ${gl.getProgramInfoLog(made)}`);
  return made;
}

const between = (zoom, stops) => {
  const i = stops.findIndex(([z]) => zoom < z);
  if (i === 0) return stops[0][1];
  if (i < 0) return stops.at(-1)[1];
  const [[z0, a], [z1, b]] = [stops[i - 1], stops[i]];
  return a + ((b - a) * (zoom - z0)) / (z1 - z0);
};

/** How large marks are at a zoom, as a share of their full size. */
export const sizeAt = (zoom) => between(zoom, [[8, 0.5], [11, 0.68], [13, 0.95], [15, 1.1]]);

/** A MapLibre custom layer. @implements {CustomLayerInterface} */
export class UnitLayer {
  /**
   * @param {string} id
   * @param {object} colours
   * @param {(order: number, zoom: number) => number} alphaOf how opaque marks of one order are
   */
  constructor(id, colours, alphaOf) {
    Object.assign(this, { id, type: "custom", renderingMode: "2d", colours, alphaOf, map: null, gl: null });
    this.ids = []; // by slot
    this.slots = new Map();
    this.data = new Float32Array(START_ROOM * FLOATS);
    this.stale = { data: true, atlas: true };
  }

  onAdd(map) { Object.assign(this, { map, gl: null, stale: { data: true, atlas: true } }); }

  recolour(colours) {
    this.colours = colours;
    this.stale.atlas = true;
  }

  /** Draw a unit along its track (of `Motion`), with a mark (`cell`) turned by `heading_deg`. */
  put(id, track, { cell, heading_deg, order }) {
    if (!this.slots.has(id)) this.grow(id);
    const [fromX, fromY] = flat(track.fromLon, track.fromLat);
    const [toX, toY] = flat(track.lon, track.lat);
    this.data.set([fromX, fromY, toX, toY, track.start / 1000, track.span / 1000, (heading_deg * Math.PI) / 180, cell, order], this.slots.get(id) * FLOATS);
    this.stale.data = true;
  }

  grow(id) {
    this.slots.set(id, this.ids.push(id) - 1);
    if (this.ids.length * FLOATS <= this.data.length) return;
    const larger = new Float32Array(this.data.length * 2);
    larger.set(this.data);
    this.data = larger;
  }

  /** Draw a unit no more; the last one takes its slot. */
  drop(id) {
    const slot = this.slots.get(id);
    if (slot === undefined) return;
    const last = this.ids.pop();
    this.slots.delete(id);
    if (last !== id) {
      this.data.copyWithin(slot * FLOATS, this.slots.get(last) * FLOATS, (this.slots.get(last) + 1) * FLOATS);
      this.ids[slot] = last;
      this.slots.set(last, slot);
    }
    this.stale.data = true;
  }

  /** Where the origin is on the screen and how wide the world is, in CSS pixels. */
  frame() {
    const lat = (Math.atan(Math.sinh(Math.PI * (1 - 2 * ORIGIN.y))) * 180) / Math.PI;
    const { x, y } = this.map.project([(ORIGIN.x - 0.5) * 360, lat]);
    return { x, y, world: 512 * 2 ** this.map.getZoom() };
  }

  /** Call `tell(id, x, y, order)` for each unit: where it is on the screen at `t` (performance.now()). */
  each(t, tell) {
    const { x, y, world } = this.frame();
    const d = this.data;
    for (let slot = 0, i = 0; slot < this.ids.length; slot += 1, i += FLOATS) {
      const share = d[i + 5] > 0 ? Math.min(1, Math.max(0, (t / 1000 - d[i + 4]) / d[i + 5])) : 1;
      tell(this.ids[slot], x + (d[i] + (d[i + 2] - d[i]) * share) * world, y + (d[i + 1] + (d[i + 3] - d[i + 1]) * share) * world, d[i + 8]);
    }
  }

  /** The unit drawn at a point of the screen, the topmost and nearest, or null. */
  at({ x, y }, within_px) {
    const zoom = this.map.getZoom();
    let best = { id: null, order: -1, far: Infinity };
    this.each(performance.now(), (id, px, py, order) => {
      const far = (px - x) ** 2 + (py - y) ** 2;
      if (far > within_px ** 2 || this.alphaOf(order, zoom) === 0) return;
      if (order > best.order || (order === best.order && far < best.far)) best = { id, order, far };
    });
    return best.id;
  }

  prepare(gl) {
    this.gl = gl;
    this.program = program(gl);
    this.at_ = Object.fromEntries(["origin", "view", "world", "now", "size", "order", "alpha", "atlas"].map((name) => [name, gl.getUniformLocation(this.program, `u_${name}`)]));
    this.vao = gl.createVertexArray();
    this.buffer = gl.createBuffer();
    this.texture = gl.createTexture();
    gl.bindVertexArray(this.vao);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    for (const [location, size, first] of [[0, 2, 0], [1, 2, 2], [2, 2, 4], [3, 3, 6]]) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, FLOATS * 4, first * 4);
    }
  }

  upload(gl) {
    if (this.stale.data) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
      gl.bufferData(gl.ARRAY_BUFFER, this.data.subarray(0, this.ids.length * FLOATS), gl.DYNAMIC_DRAW);
    }
    if (this.stale.atlas) {
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, drawAtlas(this.colours));
      gl.generateMipmap(gl.TEXTURE_2D);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    }
    this.stale = { data: false, atlas: false };
  }

  render(gl) {
    if (this.gl !== gl) this.prepare(gl);
    const { x, y, world } = this.frame();
    const { clientWidth, clientHeight } = this.map.getCanvas();
    const zoom = this.map.getZoom();
    gl.useProgram(this.program);
    gl.bindVertexArray(this.vao);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    this.upload(gl);
    gl.uniform1i(this.at_.atlas, 0);
    gl.uniform2f(this.at_.origin, x, y);
    gl.uniform2f(this.at_.view, clientWidth, clientHeight);
    gl.uniform1f(this.at_.world, world);
    gl.uniform1f(this.at_.now, performance.now() / 1000);
    gl.uniform1f(this.at_.size, MARK_PX * sizeAt(zoom) * (gl.drawingBufferWidth / clientWidth));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (let order = 0; order < ORDERS; order += 1) { // the most important on top
      const alpha = this.alphaOf(order, zoom);
      if (!alpha) continue;
      gl.uniform1f(this.at_.order, order);
      gl.uniform1f(this.at_.alpha, alpha);
      gl.drawArrays(gl.POINTS, 0, this.ids.length);
    }
    gl.bindVertexArray(null);
  }
}
