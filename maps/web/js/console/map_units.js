// Units on the map: one animation loop, one source, at most ten updates a second.

import { now_ms } from "../clock.js";
import { Motion } from "../map/motion.js";
import { collection, pointFeature } from "../map/shapes.js";
import { unitTone } from "./derive.js";
import { show, whenReady } from "./map_view.js";
import { on, state } from "./state.js";

const FRAME_MS = 100;
const MANY = 1500;
const FRAME_MANY_MS = 400;
const RECOLOUR_MS = 5000;

const motion = new Motion();
const features = new Map();
let data = collection([]);
let dirty = true;
let drawn_ms = 0;

const ORDER = { off: 0, old: 1, idle: 2, scene: 3, going: 4 };

/** Where a unit is drawn now: [lon, lat] or null. */
export const drawnAt = (id) => motion.at(id, performance.now());

function describe(feature, unit) {
  const tone = unitTone(unit, now_ms());
  const headed = unit.heading_deg !== null && tone !== "off" && tone !== "old";
  Object.assign(feature.properties, {
    id: unit.id, name: unit.name, heading: headed ? unit.heading_deg : 0, order: ORDER[tone],
    icon: `unit-${unit.role}-${tone}${headed ? "-headed" : ""}`, off: tone === "off",
  });
}

function hearAll() {
  const t = performance.now();
  motion.keep(state.units);
  for (const id of features.keys()) if (!state.units.has(id)) features.delete(id);
  for (const unit of state.units.values()) {
    motion.hear(unit.id, unit.lon, unit.lat, t);
    if (unit.lon === null) { features.delete(unit.id); continue; }
    if (!features.has(unit.id)) features.set(unit.id, pointFeature(unit.lon, unit.lat, {}));
    describe(features.get(unit.id), unit);
  }
  data = collection([...features.values()]);
  dirty = true;
}

function frame(t) {
  requestAnimationFrame(frame);
  const rhythm_ms = features.size > MANY ? FRAME_MANY_MS : FRAME_MS;
  if (t - drawn_ms < rhythm_ms || !(dirty || motion.moves(drawn_ms))) return;
  for (const [id, feature] of features) feature.geometry.coordinates = motion.at(id, t);
  drawn_ms = t;
  dirty = false;
  show("units", data);
}

/** Keep the units on the map. */
export function startUnits() {
  on("units", hearAll);
  setInterval(hearAll, RECOLOUR_MS); // a fix grows old without anybody saying so
  whenReady(() => { hearAll(); requestAnimationFrame(frame); });
}
