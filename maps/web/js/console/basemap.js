// The company's own map in place of ours, where the service offers one. Its tiles come from the service, already in WGS-84.

import { get } from "../api.js";
import { byId, setText, toast } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { GROUND_LAYERS } from "../map/style.js";
import { onTheme, theme } from "../theme.js";
import { nameSource, whenReady } from "./map_view.js";
import { on, state } from "./state.js";

const KEY = "gz.basemap";
const CHECK_MS = 60_000;
const TILE_PX = 256;
const CALMER = { dark: { "raster-brightness-max": 0.75, "raster-saturation": -0.4 }, light: { "raster-brightness-max": 1, "raster-saturation": -0.25 } };

let offered = null; // BasemapOut
let shown = true;

function remembered() {
  try { return localStorage.getItem(KEY) !== "off"; } catch { return true; }
}

function draw(map) {
  map.setLayoutProperty("company", "visibility", shown ? "visible" : "none");
  for (const id of GROUND_LAYERS) map.setLayoutProperty(id, "visibility", shown ? "none" : "visible");
  byId("basemap").setAttribute("aria-pressed", String(shown));
  say();
}

/** Whose map it is, and that parts of it are missing. */
function say() {
  if (!shown) { if (state.network) nameSource(state.network.title); return; }
  setText(byId("map-source"), [t("basemap_of", { who: offered.attribution || t("basemap") }), offered.problem ? t("basemap_gap") : ""].filter(Boolean).join(" · "));
  byId("map-source").classList.toggle("warn", Boolean(offered.problem));
}

function toggle(map) {
  shown = !shown;
  try { localStorage.setItem(KEY, shown ? "on" : "off"); } catch { /* private windows may keep nothing */ }
  byId("map-source").classList.remove("warn");
  draw(map);
}

function add(map) {
  map.addSource("company", {
    type: "raster", tiles: [`${location.origin}/basemap/{z}/{x}/{y}.png`], tileSize: TILE_PX, minzoom: 3, maxzoom: offered.max_zoom,
  });
  map.addLayer({ id: "company", type: "raster", source: "company", paint: { ...CALMER[theme()], "raster-fade-duration": 0 } }, "cover-fill");
  onTheme((name) => { for (const [property, value] of Object.entries(CALMER[name])) map.setPaintProperty("company", property, value); });
  const button = byId("basemap");
  button.hidden = false;
  button.addEventListener("click", () => toggle(map));
  shown = remembered();
  draw(map);
  onLanguage(say);
  on("network", say);
}

async function check() {
  try {
    const before = offered?.problem;
    offered = await get("/v1/basemap");
    if (offered && before !== undefined && offered.problem && !before && shown) toast(t("basemap_gap"));
  } catch { /* asked again later */ }
}

/** Offer the company's map. */
export function startBasemap() {
  whenReady(async (map) => {
    await check();
    if (!offered) return;
    add(map);
    setInterval(async () => { if (!document.hidden && shown) { await check(); say(); } }, CHECK_MS);
  });
}
