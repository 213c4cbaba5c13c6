// What happened where, as a layer of the console: asked for when it is switched on, and not again by itself.

import { address, get } from "../api.js";
import { byId, h, refill } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { inWords, legendOf, nameOf, painted, steps } from "../heat/figures.js";
import { collection } from "../map/shapes.js";
import { show, theMap, whenReady } from "./map_view.js";
import "../heat/words.js";

const DAYS = 30;
const KEYS = ["p50", "kept", "demand"];
const DAY_MS = 86_400_000;
const PATIENCE_MS = 60_000;

let shown = false;
let key = KEYS[0];
let layer = null;
let pointed = null; // properties of the area under the pointer
let problem = "";

const iso = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(at);

function pick(to) { key = to; pointed = null; draw(); }

function words() {
  if (problem) return [h("p", { class: "muted" }, problem)];
  if (!layer) return [h("p", { class: "muted" }, t("heat_asking"))];
  const legend = legendOf(layer, key);
  const figure = pointed ?? layer.totals;
  return [
    h("div", { class: "row wrap" }, KEYS.map((one) => h("button", { type: "button", class: "button", "aria-pressed": String(one === key), data: { key: `heat-${one}`, testid: `heat-${one}` }, on: { click: () => pick(one) } }, nameOf(legendOf(layer, one))))),
    h("ul", { class: "cover-steps" }, steps(legend, false).map(([colour, text]) => h("li", {}, h("i", { class: "cover-step", style: { background: colour } }), text))),
    h("p", { data: { testid: "heat-figure" } }, `${t(pointed ? "heat_here" : "heat_everywhere")} ${inWords(legend, figure[key], layer.thin)} · n = ${figure.n.toLocaleString("zh-CN")}`),
    h("p", { class: "muted" }, t("heat_days", { days: DAYS, thin: layer.thin }) + (layer.provenance.simulated ? ` · ${t("heat_simulated", { n: layer.provenance.simulated.toLocaleString("zh-CN") })}` : "")),
  ];
}

function draw() {
  byId("heat").setAttribute("aria-pressed", String(shown));
  byId("heat-panel").hidden = !shown;
  refill(byId("heat-panel"), shown ? words() : []);
  show("heat", shown && layer ? painted(layer, key) : collection([]));
}

/** Figures of the area under the pointer go into the panel: the marks above keep their own cards. */
function point({ point: at }) {
  if (!shown || !layer) return;
  const [found] = theMap().queryRenderedFeatures(at, { layers: ["heat-fill"] });
  const now = found ? layer.features.find((one) => one.properties.area === found.properties.area)?.properties ?? null : null;
  if (now === pointed) return;
  pointed = now;
  refill(byId("heat-panel"), words());
}

async function toggle() {
  shown = !shown;
  layer = null;
  pointed = null;
  problem = "";
  draw();
  if (!shown) return;
  try {
    layer = await get(address("/v1/heat", { since: iso(Date.now() - (DAYS - 1) * DAY_MS), until: iso(Date.now()) }), { patience_ms: PATIENCE_MS });
  } catch (error) {
    problem = error.message;
  }
  draw();
}

/** Wire the button. */
export function startHeatLayer() {
  byId("heat").addEventListener("click", toggle);
  whenReady((map) => {
    byId("heat").disabled = false;
    map.on("mousemove", point);
    map.on("click", point);
  });
  onLanguage(draw);
}
