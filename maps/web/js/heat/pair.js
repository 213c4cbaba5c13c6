// Two maps that move as one: the chosen period, and beside it the earlier one where two are compared.

import * as maplibre from "/vendor/maplibre-gl/maplibre-gl.mjs";

import { byId } from "../dom.js";
import { t } from "../i18n.js";
import { coloursOf } from "../map/colours.js";
import { heatLayersFor, heatStyleFor } from "../map/style.js";
import { onTheme, theme } from "../theme.js";

const GUANGZHOU = { center: [113.32, 23.13], zoom: 9.6 };
const maps = new Map(); // id of the element → Promise of a map, null where it could not start
let following = false;

function follow(moved, moves) {
  if (following) return;
  following = true;
  for (const other of moves) {
    if (other !== moved) other.jumpTo({ center: moved.getCenter(), zoom: moved.getZoom() });
  }
  following = false;
}

const started = [];

function start(id, describe) {
  return new Promise((resolve) => {
    let map;
    try {
      map = new maplibre.Map({
        container: id, style: heatStyleFor(coloursOf(theme())), ...GUANGZHOU, attributionControl: false, dragRotate: false,
        pitchWithRotate: false, fadeDuration: 0, maxZoom: 15, minZoom: 7, renderWorldCopies: false, cooperativeGestures: false,
        preserveDrawingBuffer: false,
      });
    } catch (error) {
      console.warn(error.message);
      byId(id).textContent = t("heat_map_failed");
      resolve(null);
      return;
    }
    map.touchZoomRotate.disableRotation();
    map.scrollZoom.disable(); // the page is to scroll
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibre.ScaleControl({ maxWidth: 110 }), "bottom-right");
    if (started.length) map.jumpTo({ center: started[0].getCenter(), zoom: started[0].getZoom() });
    started.push(map);
    map.on("move", () => follow(map, started));
    const popup = new maplibre.Popup({ closeButton: false, offset: 8, className: "hover", focusAfterOpen: false });
    const tell = ({ point, lngLat }) => {
      const [found] = map.queryRenderedFeatures(point, { layers: ["heat-fill"] });
      map.getCanvas().style.cursor = found ? "help" : "";
      if (found) popup.setLngLat(lngLat).setDOMContent(describe(found.properties.area)).addTo(map);
      else popup.remove();
    };
    map.on("mousemove", tell);
    map.on("click", tell);
    map.on("mouseout", () => popup.remove());
    map.on("error", ({ error }) => console.warn(error?.message ?? String(error)));
    new ResizeObserver(() => map.resize()).observe(byId(id));
    map.on("load", () => resolve(map));
  });
}

onTheme((name) => {
  for (const map of started) {
    for (const layer of heatLayersFor(coloursOf(name))) {
      for (const [property, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, property, value);
    }
  }
});

/** Bring most of the areas into view: all but the outermost twentieth on each side. */
export async function fit(features) {
  const middles = features.map(({ geometry }) => geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : 2)[0]);
  const cut = (values) => { const sorted = values.toSorted((a, b) => a - b); const n = Math.floor(sorted.length / 20); return [sorted[n], sorted.at(-1 - n)]; };
  const [[west, east], [south, north]] = [cut(middles.map(([lon]) => lon)), cut(middles.map(([, lat]) => lat))];
  if (!started.length) return;
  started[0].fitBounds([[west, south], [east, north]], { padding: 24, animate: false, maxZoom: 12 });
  await new Promise((resolve) => started[0].once("idle", resolve));
}

/**
 * Draw areas, and isochrones over them, on the map in an element; resolves once they are on the screen.
 *
 * @param {string} id of the element
 * @param {object} areas a FeatureCollection, each feature with area, colour and opacity
 * @param {object|null} isochrones a FeatureCollection
 * @param {(area: string) => HTMLElement} describe what to say of an area
 */
export async function draw(id, areas, isochrones, describe) {
  if (!maps.has(id)) maps.set(id, start(id, describe));
  const map = await maps.get(id);
  if (!map) return;
  map.getSource("heat").setData(areas);
  map.getSource("cover").setData(isochrones ?? { type: "FeatureCollection", features: [] });
  await new Promise((resolve) => map.once("idle", resolve));
}
