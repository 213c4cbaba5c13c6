// Incidents, the uncertainty of the selected one, and partner shops on the map.

import { apart_m } from "../distance.js";
import { get } from "../api.js";
import { now_ms } from "../clock.js";
import { onLanguage, t } from "../i18n.js";
import { collection, disc, pointFeature } from "../map/shapes.js";
import { soon } from "../soon.js";
import { incidentTone, isOpen, urgency } from "./derive.js";
import { fit, nameSource, reveal, show, whenReady } from "./map_view.js";
import { changed, on, selected, state } from "./state.js";
import "./map_words.js";

const ORDER = { scene: 0, going: 1, offered: 2, waiting: 3 };
const REFRESH_MS = 5000;
const GATHER_MS = 500;
const SHOPS_MS = 60_000;
const OPENING_SHARE = 0.75;

let preview = null;
let fitted = false;

/** Draw this place (a LocationOut) instead of the selected incident's; null ends it. */
export function previewPlace(location) {
  preview = location;
  draw();
}

function incidentFeature(incident) {
  const tone = incidentTone(incident);
  const { lon, lat } = incident.location;
  return pointFeature(lon, lat, {
    id: incident.id, icon: `incident-${tone}-${incident.tier}`, selected: incident.id === state.selectedId,
    calm: tone === "scene" && incident.id !== state.selectedId, pressing: urgency(incident, now_ms()) === "danger", order: ORDER[tone] + (incident.id === state.selectedId ? 10 : 0),
  });
}

function draw() {
  const placed = [...state.incidents.values()].filter((one) => one.location && (isOpen(one) || one.id === state.selectedId));
  show("incidents", collection(placed.map(incidentFeature)));
  const place = preview ?? selected()?.location;
  show("disc", collection(place ? [disc(place, place.uncertainty_m)] : []));
}

function drawShops() {
  show("shops", collection(state.shops.map((shop) => pointFeature(shop.lon, shop.lat, {
    name: shop.status === "open" ? shop.name : `${shop.name}\n${t(`shop_${shop.status}`)}`, icon: `shop-${shop.designated ? "designated" : "other"}-${shop.status}`, id: shop.id,
  }))));
  if (state.network) nameSource(state.network.title);
}

/** Hundreds of incidents change many times a second. */
const drawSoon = soon(draw, GATHER_MS);

/** Shops open, close and fill up without the stream telling. */
async function refreshShops() {
  try {
    state.shops = await get("/v1/shops");
    changed("network");
  } catch { /* asked again in a minute */ }
}

/** Bring the open incidents (or, without any, the units) into view. */
export function fitAll({ animate = true } = {}) {
  const incidents = [...state.incidents.values()].filter((one) => isOpen(one) && one.location).map((one) => [one.location.lon, one.location.lat]);
  const units = [...state.units.values()].filter((one) => one.lon !== null).map((one) => [one.lon, one.lat]);
  fit(incidents.length > 1 ? incidents : [...incidents, ...units], { animate });
}

/** The middle of a cloud of points: a few far out must not make the opening view too wide. */
function most(points) {
  const middle = (axis) => points.map((p) => p[axis]).sort((a, b) => a - b)[points.length >> 1];
  const at = { lon: middle(0), lat: middle(1) };
  const near = [...points].sort((a, b) => apart_m(at, { lon: a[0], lat: a[1] }) - apart_m(at, { lon: b[0], lat: b[1] }));
  return near.slice(0, Math.ceil(points.length * OPENING_SHARE));
}

/** The opening view: where most of the work is; "show all" shows the rest. */
function fitOnce() {
  if (fitted || !state.ready) return;
  fitted = true;
  const placed = [...state.incidents.values()].filter((one) => isOpen(one) && one.location).map((one) => [one.location.lon, one.location.lat]);
  const units = [...state.units.values()].filter((one) => one.lon !== null && one.on_shift).map((one) => [one.lon, one.lat]);
  fit(most([...placed, ...units]), { animate: false });
}

/** Keep the incidents on the map. */
export function startIncidents() {
  whenReady(() => {
    on("incidents", drawSoon);
    on("selection", draw);
    on("network", () => { drawShops(); fitOnce(); });
    on("selection", () => { if (selected()?.location) reveal(selected().location); });
    setInterval(draw, REFRESH_MS);
    setInterval(() => { if (!document.hidden && state.link === "live") refreshShops(); }, SHOPS_MS);
    draw();
    drawShops();
    fitOnce();
    onLanguage(drawShops);
  });
}
