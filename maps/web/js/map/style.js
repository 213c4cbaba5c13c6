// Our map style: own vector tiles below, own live sources above. No glyph server: the browser's own CJK fonts draw all text.

const FONTS = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "sans-serif"];
const NOTHING = { type: "FeatureCollection", features: [] };
const TILES_MAX_ZOOM = 15; // everything there is to show is in these; closer views enlarge them

export const LIVE_SOURCES = ["heat", "cover", "roads-told", "disc", "routes", "standby", "shops", "unit-names", "incidents"];

const grow = (...stops) => ["interpolate", ["exponential", 1.4], ["zoom"], ...stops];
const isClass = (...names) => ["in", ["get", "class"], ["literal", names]];
const FAST = ["motorway", "trunk", "motorway_link", "trunk_link"];
const MAIN = ["primary", "secondary", "primary_link", "secondary_link"];

const ROADS = [
  { id: "minor", filter: ["!", isClass(...FAST, ...MAIN)], width: grow(10, 0.3, 13, 1.2, 17, 6), minzoom: 11 },
  { id: "primary", filter: isClass(...MAIN), width: grow(8, 0.5, 11, 1.3, 14, 3.5, 17, 10) },
  { id: "trunk", filter: isClass("trunk", "trunk_link"), width: grow(7, 0.6, 11, 1.8, 14, 4.5, 17, 12) },
  { id: "motorway", filter: isClass("motorway", "motorway_link"), width: grow(6, 0.7, 11, 2.2, 14, 5.5, 17, 14) },
];

function groundLayers(c) {
  const area = (id, kind, paint) => ({ id, type: "fill", source: "gz", "source-layer": "areas", filter: ["==", ["get", "kind"], kind], paint });
  return [
    { id: "ground", type: "background", paint: { "background-color": c.ground } },
    area("district", "district", { "fill-color": c.district }),
    area("green", "green", { "fill-color": c.green }),
    area("water", "water", { "fill-color": c.water }),
    {
      id: "district-border", type: "line", source: "gz", "source-layer": "areas", filter: ["==", ["get", "kind"], "district"],
      paint: { "line-color": c.border, "line-width": 1, "line-dasharray": [4, 3] },
    },
  ];
}

/** Ground within 10, 20 and 30 minutes, in rings: under roads and names. */
function coverLayers(c) {
  const colour = ["match", ["get", "minutes"], 10, c.cover10, 20, c.cover20, c.cover30];
  return [
    { id: "cover-fill", type: "fill", source: "cover", paint: { "fill-color": colour, "fill-opacity": 0.4, "fill-antialias": false } },
    { id: "cover-line", type: "line", source: "cover", paint: { "line-color": colour, "line-width": 1.2, "line-opacity": 0.9 } },
  ];
}

/** Cells or districts coloured by what happened in them; colour and opacity are the feature's own. */
function heatLayers(c) {
  return [
    { id: "heat-fill", type: "fill", source: "heat", paint: { "fill-color": ["get", "colour"], "fill-opacity": ["get", "opacity"] } },
    { id: "heat-line", type: "line", source: "heat", paint: { "line-color": c.casing, "line-width": 0.6, "line-opacity": 0.6 } },
  ];
}

function roadLayers(c) {
  const line = (road, suffix, paint) => ({
    id: `road-${road.id}${suffix}`, type: "line", source: "gz", "source-layer": "roads", filter: road.filter, minzoom: road.minzoom ?? 0,
    layout: { "line-cap": "round", "line-join": "round" }, paint,
  });
  return [
    ...ROADS.slice(1).map((road) => line(road, "-casing", { "line-color": c.casing, "line-width": 1.2, "line-gap-width": road.width })),
    ...ROADS.map((road) => line(road, "", { "line-color": c[road.id], "line-width": road.width })),
  ];
}

function nameLayers(c) {
  const halo = { "text-halo-color": c.halo, "text-halo-width": 1.4 };
  return [
    {
      id: "road-name", type: "symbol", source: "gz", "source-layer": "roads", minzoom: 10.5, filter: ["has", "name"],
      layout: {
        "symbol-placement": "line", "symbol-spacing": 320, "text-field": ["get", "name"], "text-font": FONTS,
        "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 16, 14], "text-max-angle": 35,
        "symbol-sort-key": ["coalesce", ["get", "rank"], 9],
      },
      paint: { "text-color": c.roadText, ...halo },
    },
    {
      id: "place-name", type: "symbol", source: "gz", "source-layer": "places", minzoom: 12,
      filter: ["!=", ["get", "kind"], "district"],
      layout: {
        "text-field": ["get", "name"], "text-font": FONTS, "text-size": 12, "text-max-width": 8, "text-padding": 6,
        "symbol-sort-key": ["coalesce", ["get", "rank"], 9],
      },
      paint: { "text-color": c.placeText, ...halo },
    },
    {
      id: "district-name", type: "symbol", source: "gz", "source-layer": "places", maxzoom: 14,
      filter: ["==", ["get", "kind"], "district"],
      layout: {
        "text-field": ["get", "name"], "text-font": FONTS, "text-letter-spacing": 0.2,
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 12, 12, 17],
      },
      paint: { "text-color": c.districtText, ...halo, "text-halo-width": 2 },
    },
  ];
}

/** Where roads are closed, flooded or slow; what holds later is dashed and not filled. */
function toldLayers(c) {
  const colour = ["match", ["get", "kind"], "closure", c.roadShut, "flood", c.roadFlood, c.roadSlow];
  const area = ["==", ["geometry-type"], "Polygon"];
  return [
    { id: "told-fill", type: "fill", source: "roads-told", filter: area, paint: { "fill-color": colour, "fill-opacity": ["case", ["get", "holds"], 0.22, 0] } },
    { id: "told-line", type: "line", source: "roads-told", filter: area, paint: { "line-color": colour, "line-width": 2, "line-dasharray": [2, 1.5] } },
  ];
}

function routeLayers(c) {
  const chosen = ["boolean", ["get", "selected"], false];
  return [
    { id: "disc-fill", type: "fill", source: "disc", paint: { "fill-color": c.accent, "fill-opacity": 0.13 } },
    { id: "disc-line", type: "line", source: "disc", paint: { "line-color": c.accent, "line-width": 1.5, "line-dasharray": [3, 2] } },
    {
      id: "route-casing", type: "line", source: "routes", layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": c.halo, "line-width": ["case", chosen, 8, 4], "line-opacity": 0.7 },
    },
    {
      id: "route", type: "line", source: "routes", layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": c.accent, "line-width": ["case", chosen, 4.5, 2], "line-opacity": ["case", chosen, 0.95, 0.5] },
    },
    { id: "standby", type: "line", source: "standby", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": c.ok, "line-width": 1.6, "line-dasharray": [4, 3] } },
  ];
}

function markLayers(c) {
  const icon = (more) => ({ "icon-image": ["get", "icon"], "icon-allow-overlap": true, "icon-ignore-placement": true, ...more });
  const label = { "text-font": FONTS, "text-size": 12, "text-optional": true };
  const halo = { "text-color": c.text, "text-halo-color": c.halo, "text-halo-width": 1.6 };
  return [
    { id: "told-sign", type: "symbol", source: "roads-told", filter: ["==", ["geometry-type"], "Point"], layout: icon({ "icon-image": ["get", "icon"] }), paint: { "icon-opacity": ["case", ["get", "holds"], 1, 0.5] } },
    { id: "shops", type: "symbol", source: "shops", minzoom: 11.5, layout: { ...icon({ "icon-size": ["interpolate", ["linear"], ["zoom"], 11.5, 0.6, 14, 1] }), "text-field": ["step", ["zoom"], "", 13, ["get", "name"]], "text-offset": [0, 1.1], "text-anchor": "top", ...label }, paint: halo },
    { id: "standby-head", type: "symbol", source: "standby", filter: ["==", ["geometry-type"], "Point"], layout: icon({ "icon-image": "arrow-head", "icon-rotate": ["get", "heading"], "icon-rotation-alignment": "map" }) },
    { // the marks themselves are drawn by UnitLayer, just below this
      id: "unit-names", type: "symbol", source: "unit-names",
      layout: { ...label, "text-field": ["get", "name"], "text-offset": [0, 1.1], "text-anchor": "top", "text-padding": 1, "symbol-sort-key": ["get", "order"] },
      paint: { ...halo, "text-color": ["case", ["get", "old"], c.oldText, c.text] },
    },
    {
      id: "incident-ring", type: "circle", source: "incidents",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, ["case", ["get", "selected"], 18, 14], 12, ["case", ["get", "selected"], 24, 19]],
        "circle-translate": ["interpolate", ["linear"], ["zoom"], 8, ["literal", [0, -14]], 12, ["literal", [0, -20]]],
        "circle-color": c.danger, "circle-opacity": ["case", ["get", "pressing"], 0.28, 0],
        "circle-stroke-width": ["case", ["get", "selected"], 2.5, 0], "circle-stroke-color": c.text,
      },
    },
    { id: "incidents", type: "symbol", source: "incidents", layout: icon({ "icon-anchor": "bottom", "symbol-sort-key": ["get", "order"], "icon-size": ["interpolate", ["linear"], ["zoom"], 8, ["case", ["get", "calm"], 0.5, 0.72], 12, ["case", ["get", "calm"], 0.7, 1]] }) },
  ];
}

/** Layers of our own map, which a company's may take the place of; the background stays. */
export const GROUND_LAYERS = ["district", "green", "water", "district-border", ...ROADS.slice(1).map((road) => `road-${road.id}-casing`), ...ROADS.map((road) => `road-${road.id}`),
  "road-name", "place-name", "district-name"];

/** The layers in drawing order for these colours. */
export const layersFor = (c) => [...groundLayers(c), ...heatLayers(c), ...coverLayers(c), ...roadLayers(c), ...nameLayers(c), ...toldLayers(c), ...routeLayers(c), ...markLayers(c)];

const tileSource = () => ({ type: "vector", tiles: [`${location.origin}/tiles/{z}/{x}/{y}.mvt`], maxzoom: TILES_MAX_ZOOM });
const empty = (names) => Object.fromEntries(names.map((name) => [name, { type: "geojson", data: NOTHING }]));

/** The layers of a map for management: ground, areas, isochrones, names. */
export const heatLayersFor = (c) => [...groundLayers(c), ...heatLayers(c), ...roadLayers(c), ...isochroneLayers(c), ...nameLayers(c)];

/** Edges of the ground within 10, 20 and 30 minutes, over areas that are coloured by something else. */
const isochroneLayers = (c) => coverLayers(c).filter(({ id }) => id === "cover-line").map((one) => ({ ...one, paint: { ...one.paint, "line-width": 2.2 } }));

/** A MapLibre style for management. @param {object} c colours from `coloursOf` */
export const heatStyleFor = (c) => ({ version: 8, sources: { gz: tileSource(), ...empty(["heat", "cover"]) }, layers: heatLayersFor(c) });

/** A whole MapLibre style. @param {object} c colours from `coloursOf` */
export function styleFor(c) {
  return { version: 8, sources: { gz: tileSource(), ...empty(LIVE_SOURCES) }, layers: layersFor(c) };
}
