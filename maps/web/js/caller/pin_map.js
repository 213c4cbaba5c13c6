// A small street map with pins, for a caller's phone. The page works without it where the browser cannot draw one.

import { h } from "../dom.js";
import { coloursOf } from "../map/colours.js";
import { collection, disc as ring } from "../map/shapes.js";
import { styleFor } from "../map/style.js";
import { theme } from "../theme.js";

const ZOOM = 15;
const LEAST_ZOOM = 8; // of the tiles that strangers may see
const DEEPEST_TILES = 15;
const TILES = "/v1/caller/tiles/{z}/{x}/{y}.mvt";

/** The street map alone: none of the desk's live layers. */
function streetStyle() {
  const whole = styleFor(coloursOf(theme()));
  const source = { type: "vector", tiles: [location.origin + TILES], minzoom: LEAST_ZOOM, maxzoom: DEEPEST_TILES };
  const kept = whole.layers.filter((one) => ["gz", "disc", undefined].includes(one.source));
  return { version: 8, sources: { gz: source, disc: { type: "geojson", data: collection([]) } }, layers: kept };
}

const markNode = (kind, label) => h("div", { class: `mark ${kind}`, role: "img", "aria-label": label });

/**
 * Make a map in `node`.
 *
 * @returns {Promise<object|null>} null where it cannot be drawn
 */
export async function makeMap(node, { centre, onTap = null }) {
  let maplibre;
  let map;
  try {
    maplibre = await import("/vendor/maplibre-gl/maplibre-gl.mjs");
    map = new maplibre.Map({
      container: node, style: streetStyle(), center: centre, zoom: ZOOM, minZoom: LEAST_ZOOM, maxZoom: 18, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, fadeDuration: 0, renderWorldCopies: false, cooperativeGestures: false,
    });
  } catch {
    node.hidden = true;
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.on("error", () => {}); // a tile that does not come leaves a gap, and the page says when the service is away
  const loaded = new Promise((resolve) => map.on("load", resolve));
  loaded.then(() => { node.dataset.ready = "true"; });
  if (onTap) map.on("click", (event) => onTap({ lon: event.lngLat.lng, lat: event.lngLat.lat }));
  const pins = new Map();

  /** Put a pin; it can be dragged where `onDrag` is given. */
  function pin(name, at, { kind = "scene", label = "", onDrag = null } = {}) {
    let known = pins.get(name);
    if (!known) {
      known = new maplibre.Marker({ element: markNode(kind, label), anchor: kind === "unit" ? "center" : "bottom", draggable: Boolean(onDrag) });
      if (onDrag) known.on("dragend", () => { const { lng, lat } = known.getLngLat(); onDrag({ lon: lng, lat }); });
      known.setLngLat([at.lon, at.lat]).addTo(map);
      pins.set(name, known);
    } else known.setLngLat([at.lon, at.lat]);
  }

  function unpin(name) {
    pins.get(name)?.remove();
    pins.delete(name);
  }

  /** Show how uncertain a place is; nothing for null. */
  function disc(at, radius_m) {
    loaded.then(() => map.getSource("disc")?.setData(collection(at && radius_m ? [ring(at, radius_m)] : [])));
  }

  /** Bring all pins into view; no closer than a street corner. */
  function fit({ animate = true } = {}) {
    const all = [...pins.values()].map((one) => one.getLngLat());
    if (!all.length) return;
    const box = all.reduce((sum, one) => sum.extend(one), new maplibre.LngLatBounds(all[0], all[0]));
    map.fitBounds(box, { padding: { top: 56, bottom: 32, left: 44, right: 44 }, maxZoom: ZOOM, animate, duration: 400 });
  }

  const sees = (at) => map.getBounds().contains([at.lon, at.lat]);
  return { pin, unpin, disc, fit, sees, resize: () => map.resize() };
}
