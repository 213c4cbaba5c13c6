// Ways of open assignments: fetched lazily, two at a time, and shortened as the unit drives.

import { get } from "../api.js";
import { ahead, collection } from "../map/shapes.js";
import { soon } from "../soon.js";
import { isOpen, openAssignments } from "./derive.js";
import { drawnAt, rhythm_ms } from "./map_units.js";
import { show, theMap, whenReady } from "./map_view.js";
import { on, state } from "./state.js";

const AT_ONCE = 2;
const LOOK_MS = 1000;
const GATHER_MS = 500;
const STEPS = 4; // of a unit, then its way is shortened
const FRESH_MS = 90_000;
const EACH_MS = 1000; // of a large fleet, a way is asked for no more often than this
const FRESH_SELECTED_MS = 20_000;

const routes = new Map(); // assignment id → {line, fetched_ms, incidentId, unitId}
const asking = new Set();
let drawn_ms = 0;

function wanted() {
  const found = [];
  for (const incident of state.incidents.values()) {
    if (!isOpen(incident)) continue;
    const selected = incident.id === state.selectedId;
    for (const one of openAssignments(incident)) {
      if (one.status === "en_route" || (selected && one.status !== "on_scene")) found.push({ assignment: one, incident, selected });
    }
  }
  return found.sort((a, b) => b.selected - a.selected);
}

async function fetchRoute({ assignment, incident }) {
  asking.add(assignment.id);
  const kept = { line: routes.get(assignment.id)?.line ?? [], fetched_ms: performance.now(), incidentId: incident.id, unitId: assignment.unit_id };
  try {
    const route = await get(`/v1/assignments/${assignment.id}/route`);
    kept.line = route?.geometry.coordinates ?? []; // null: nothing to draw, e.g. the assignment ended meanwhile
    kept.metres = route?.metres;
  } catch { /* no way to draw now; asked again when it has grown old */ }
  routes.set(assignment.id, kept);
  asking.delete(assignment.id);
  drawSoon();
  askForWays();
}

/** Forget the ways nobody drives any more, and ask for those that are missing or old. */
function askForWays() {
  if (document.hidden) return;
  const now = performance.now();
  const fresh_ms = Math.max(FRESH_MS, EACH_MS * routes.size);
  const list = wanted();
  const ids = new Set(list.map((one) => one.assignment.id));
  for (const id of routes.keys()) if (!ids.has(id)) routes.delete(id);
  const isOld = (one) => now - (routes.get(one.assignment.id)?.fetched_ms ?? -Infinity) > (one.selected ? FRESH_SELECTED_MS : fresh_ms);
  for (const one of list) {
    if (asking.size >= AT_ONCE) break;
    if (!asking.has(one.assignment.id) && isOld(one)) fetchRoute(one);
  }
}

function draw() {
  drawn_ms = performance.now();
  show("routes", collection([...routes.values()].filter((one) => one.line.length > 1).map((one) => ({
    type: "Feature",
    geometry: { type: "LineString", coordinates: ahead(one.line, drawnAt(one.unitId)) },
    properties: { selected: one.incidentId === state.selectedId },
  }))));
}

const drawSoon = soon(draw, GATHER_MS);

function look() {
  const before = routes.size;
  askForWays();
  if (routes.size < before || performance.now() - drawn_ms > STEPS * rhythm_ms(theMap())) draw();
}

/** Keep the ways on the map. */
export function startRoutes() {
  whenReady(() => {
    on("selection", () => { askForWays(); draw(); });
    setInterval(() => { if (!document.hidden) look(); }, LOOK_MS);
  });
}
