// Units on the map: marks on the graphics card, names as text for those in view when one looks closely.

import { now_ms } from "../clock.js";
import { duration } from "../format.js";
import { coloursOf } from "../map/colours.js";
import { cellOf } from "../map/icons.js";
import { Motion } from "../map/motion.js";
import { collection, pointFeature } from "../map/shapes.js";
import { UnitLayer } from "../map/unit_layer.js";
import { onTheme, theme } from "../theme.js";
import { fixAge_s, unitTone } from "./derive.js";
import { show, theMap, whenReady } from "./map_view.js";
import { on, onMoved, state } from "./state.js";

const FRAME_MIN_MS = 50;
const REST = 4; // a redraw that is slow to come, for want of a graphics card, is followed by a rest this many times as long
const FRAME_MAX_MS = 2000;
const STEP_PX = 0.5; // a step that is smaller is not seen
const BRISK_MPS = 15;
const RECOLOUR_MS = 15_000;
const NAMES_MS = 500;
const NAMES_FROM_ZOOM = 12.5;
const MOST_NAMES = 400;
const REACH_PX = 14;

const ORDER = { off: 0, old: 1, idle: 2, scene: 3, going: 4 };
const OFF_DUTY_FROM_ZOOM = 12.5; // people at home are of interest only when one looks closely
const alphaOf = (order, zoom) => (order === ORDER.off ? (zoom < OFF_DUTY_FROM_ZOOM ? 0 : 0.5) : order === ORDER.old ? 0.6 : 1);

const motion = new Motion();
const layer = new UnitLayer("units", coloursOf(theme()), alphaOf);
let timer = 0;
let drawn_ms = 0; // when the last redraw was asked for
let late_ms = 0; // how long it took to come
let named_ms = 0;

/** Where a unit is drawn now: [lon, lat] or null. */
export const drawnAt = (id) => motion.at(id, performance.now());

/** The unit drawn at a point of the map's canvas, or null. */
export const unitAt = (point, reach_px = REACH_PX) => state.units.get(layer.at(point, reach_px)) ?? null;

function look(unit, now) {
  const tone = unitTone(unit, state.fixRules, now);
  const headed = unit.heading_deg !== null && tone !== "off" && tone !== "old";
  return { cell: cellOf(unit.role, tone, headed), heading_deg: headed ? unit.heading_deg : 0, order: ORDER[tone] };
}

/** Take in units that were heard of. */
function hear(units) {
  const t = performance.now();
  const now = now_ms();
  for (const unit of units) {
    motion.hear(unit.id, unit.lon, unit.lat, t);
    if (unit.lon === null) layer.drop(unit.id);
    else layer.put(unit.id, motion.tracks.get(unit.id), look(unit, now));
  }
  drawSoon();
}

/** Forget who is gone. */
function forget() {
  if (motion.tracks.size <= state.units.size) return;
  for (const id of [...motion.tracks.keys()]) if (!state.units.has(id)) layer.drop(id);
  motion.keep(state.units);
}

function nameOf(unit, now) {
  const old = unitTone(unit, state.fixRules, now) === "old";
  return { old, name: old ? `${unit.name}\n${duration(fixAge_s(unit, now))}` : unit.name };
}

function drawNames(map, t) {
  named_ms = t;
  if (map.getZoom() < NAMES_FROM_ZOOM) { show("unit-names", collection([])); return; }
  const { clientWidth: w, clientHeight: h } = map.getCanvas();
  const now = now_ms();
  const found = [];
  layer.each(t, (id, x, y, order) => {
    if (x < 0 || y < 0 || x > w || y > h || found.length >= MOST_NAMES) return;
    const [lon, lat] = motion.at(id, t);
    found.push(pointFeature(lon, lat, { ...nameOf(state.units.get(id), now), order: -order }));
  });
  show("unit-names", collection(found));
}

/** Milliseconds in which a brisk unit moves a step that is seen. */
export function rhythm_ms(map) {
  const { lat } = map.getCenter();
  const metresPerPixel = (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
  return Math.min(FRAME_MAX_MS, Math.max(FRAME_MIN_MS, (1000 * STEP_PX * metresPerPixel) / BRISK_MPS));
}

function drawNow() {
  timer = 0;
  const map = theMap();
  const t = performance.now();
  if (map.getZoom() >= NAMES_FROM_ZOOM && t - named_ms > NAMES_MS) drawNames(map, t);
  drawn_ms = t;
  map.once("render", () => { late_ms = performance.now() - t; });
  map.triggerRepaint();
  if (motion.moves(t)) drawSoon();
}

/** Draw when a step is seen; a page that is not looked at draws nothing, and asks for no frames in between. */
function drawSoon() {
  if (timer || document.hidden || !layer.map) return;
  const rest_ms = Math.min(FRAME_MAX_MS, REST * late_ms); // a page that was hidden had its redraw very late
  timer = setTimeout(drawNow, Math.max(0, drawn_ms + Math.max(rhythm_ms(layer.map), rest_ms) - performance.now()));
}

/** Keep the units on the map. */
export function startUnits() {
  onMoved(hear);
  on("units", forget);
  setInterval(() => hear(state.units.values()), RECOLOUR_MS); // a fix grows old without anybody saying so
  whenReady((map) => {
    map.addLayer(layer, "unit-names");
    onTheme((name) => { layer.recolour(coloursOf(name)); drawSoon(); });
    map.on("moveend", () => drawNames(map, performance.now()));
    hear(state.units.values());
    document.addEventListener("visibilitychange", drawSoon);
  });
}
