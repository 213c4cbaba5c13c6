// The map pane: makes the map, keeps its theme, and lets the other modules draw into its sources.

import * as maplibre from "/vendor/maplibre-gl/maplibre-gl.mjs";

import { byId, setText, toast } from "../dom.js";
import { t } from "../i18n.js";
import { coloursOf } from "../map/colours.js";
import { putIcons } from "../map/icons.js";
import { bounds } from "../map/shapes.js";
import { layersFor, styleFor } from "../map/style.js";
import { onTheme, theme } from "../theme.js";

const GUANGZHOU = { center: [113.32, 23.12], zoom: 10.6 };

let map = null;
let ready = false;
const waiting = [];

/** The MapLibre map, or null where it could not start. */
export const theMap = () => map;
export const { Marker, Popup } = maplibre;

/** Run `work(map)` once the style is there; never where the map could not start. */
export function whenReady(work) {
  if (ready) work(map);
  else waiting.push(work);
}

const shown = new Map(); // source → what it holds, written out

/** Replace what a live source holds; where nothing differs, the map does not lay it out and draw itself again. */
export function show(source, data) {
  if (!ready) return;
  const written = JSON.stringify(data);
  if (shown.get(source) === written) return;
  shown.set(source, written);
  map.getSource(source).setData(data);
}

function repaint(name) {
  const colours = coloursOf(name);
  for (const layer of layersFor(colours)) {
    for (const [property, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, property, value);
  }
  putIcons(map, colours);
}

function opened() {
  putIcons(map, coloursOf(theme()));
  ready = true;
  for (const work of waiting.splice(0)) work(map);
  onTheme(repaint);
  byId("map").dataset.ready = "true";
}

/** Start the map; the desk goes on without it where the browser cannot. */
export function startMap() {
  try {
    map = new maplibre.Map({
      container: "map", style: styleFor(coloursOf(theme())), ...GUANGZHOU,
      attributionControl: false, dragRotate: false, pitchWithRotate: false, fadeDuration: 0, maxZoom: 18, minZoom: 7,
      renderWorldCopies: false,
    });
  } catch (error) {
    console.warn(error.message);
    byId("map").textContent = t("map_failed");
    return;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ maxWidth: 110 }), "bottom-right");
  map.on("load", opened);
  let complained = false;
  map.on("error", ({ error }) => {
    if (error?.status === 503) return; // the banner of the outage says it
    if (!complained) toast(error?.message ?? String(error), "error");
    complained = true;
  });
  new ResizeObserver(() => map.resize()).observe(byId("map"));
}

/** Bring points into view; never closer than `maxZoom`. @param {[number, number][]} points lon, lat */
export function fit(points, { maxZoom = 13, animate = true } = {}) {
  const box = bounds(points);
  if (!box || !ready) return;
  map.fitBounds(box, { padding: { top: 60, bottom: 50, left: 50, right: 60 }, maxZoom, animate, duration: 500 });
}

/** Bring one place into view without jumping about when it is there already. */
export function reveal({ lon, lat }) {
  if (!ready) return;
  const inner = map.project([lon, lat]);
  const { clientWidth: w, clientHeight: h } = map.getContainer();
  const visible = inner.x > 60 && inner.x < w - 60 && inner.y > 80 && inner.y < h - 60;
  if (!visible || map.getZoom() < 11.5) map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 12), duration: 500 });
}

/** Say which roads are drawn. */
export function nameSource(title) { setText(byId("map-source"), t("roads_of", { title })); }
