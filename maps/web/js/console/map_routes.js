// Ways of open assignments: fetched lazily, two at a time, and shortened as the unit drives.

import { get } from "../api.js";
import { ahead, collection } from "../map/shapes.js";
import { isOpen, openAssignments } from "./derive.js";
import { drawnAt } from "./map_units.js";
import { show, whenReady } from "./map_view.js";
import { on, state } from "./state.js";

const AT_ONCE = 2;
const REDRAW_MS = 1000;
const FRESH_MS = 90_000;
const FRESH_SELECTED_MS = 20_000;

const routes = new Map(); // assignment id → {line, fetched_ms, incidentId, unitId}
const asking = new Set();

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
    kept.line = route.geometry.coordinates ?? [];
    kept.metres = route.metres;
  } catch { /* no way to draw now; asked again when it has grown old */ }
  routes.set(assignment.id, kept);
  asking.delete(assignment.id);
  refresh();
}

function refresh() {
  const now = performance.now();
  const list = wanted();
  const ids = new Set(list.map((one) => one.assignment.id));
  for (const id of routes.keys()) if (!ids.has(id)) routes.delete(id);
  const isOld = (one) => now - (routes.get(one.assignment.id)?.fetched_ms ?? -Infinity) > (one.selected ? FRESH_SELECTED_MS : FRESH_MS);
  for (const one of list) {
    if (asking.size >= AT_ONCE) break;
    if (!asking.has(one.assignment.id) && isOld(one)) fetchRoute(one);
  }
  draw();
}

function draw() {
  show("routes", collection([...routes.values()].filter((one) => one.line.length > 1).map((one) => ({
    type: "Feature",
    geometry: { type: "LineString", coordinates: ahead(one.line, drawnAt(one.unitId)) },
    properties: { selected: one.incidentId === state.selectedId },
  }))));
}

/** Keep the ways on the map. */
export function startRoutes() {
  whenReady(() => {
    on("incidents", refresh);
    on("selection", refresh);
    setInterval(refresh, REDRAW_MS);
  });
}
