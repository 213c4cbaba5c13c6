// Cover on request: how far the free units, or the one clicked, get by road in 10, 20 and 30 minutes.

import { address, get } from "../api.js";
import { byId, h, refill } from "../dom.js";
import { clock } from "../format.js";
import { onLanguage, t } from "../i18n.js";
import { collection } from "../map/shapes.js";
import { leadAssignment } from "./derive.js";
import { unitAt } from "./map_units.js";
import { fit, show, whenReady } from "./map_view.js";
import { pinning } from "./pin.js";
import { on, selected, state } from "./state.js";
import "./map_words.js";

const MINUTES = [10, 20, 30];
const REFRESH_MS = 60_000;

let shown = false;
let unitId = null;
let answer = null; // the last collection, null while it is asked for
let problem = "";
let asking = null;

const nameOf = (id) => state.units.get(id)?.name ?? id;

function note() {
  if (problem) return problem;
  if (!answer) return t("cover_asking");
  if (!answer.origins) return t("cover_nobody");
  const who = unitId ? t("cover_unit", { unit: nameOf(unitId) }) : t("cover_free", { n: answer.origins });
  const empty = answer.features.every((one) => !one.geometry.coordinates.length);
  return empty ? t("cover_off_road", { who }) : t("cover_of", { who, time: clock(answer.as_of) });
}

/** The unit of the selected incident, a key away: a click on the map is not for everybody. */
function ofSelected() {
  const lead = selected() && leadAssignment(selected());
  if (!lead || lead.unit_id === unitId) return null;
  return h("button", { type: "button", class: "button", data: { testid: "cover-selected", key: "cover-whose" }, on: { click: () => choose(lead.unit_id) } }, t("cover_only", { unit: lead.unit_name }));
}

function draw() {
  byId("cover").setAttribute("aria-pressed", String(shown));
  byId("cover-panel").hidden = !shown;
  refill(byId("cover-panel"), [
    h("ul", { class: "cover-steps" }, MINUTES.map((n) => h("li", {}, h("i", { class: `cover-step within-${n}` }), t("cover_minutes", { n })))),
    h("p", { class: "muted", data: { testid: "cover-note" } }, note()),
    unitId ? h("button", { type: "button", class: "button", data: { testid: "cover-all", key: "cover-whose" }, on: { click: () => choose(null) } }, t("cover_all"))
      : h("p", { class: "muted" }, t("cover_click")),
    ofSelected(),
  ]);
  show("cover", shown && answer ? answer : collection([]));
}

/** Bring the whole of it into view. */
function reveal() {
  const places = answer.features.flatMap((one) => one.geometry.coordinates.flatMap(([outline]) => outline));
  if (places.length) fit(places);
}

async function refresh({ anew = false } = {}) {
  asking?.abort();
  if (!shown) { draw(); return; }
  const own = new AbortController();
  asking = own;
  draw();
  try {
    const found = await get(address("/v1/isochrones", { unit: unitId, minutes: MINUTES.join(","), rings: true }), { signal: own.signal });
    if (asking === own) { answer = found; problem = ""; if (anew) reveal(); }
  } catch (error) {
    if (asking === own && error.name !== "AbortError") { answer = null; problem = error.message; }
  }
  if (asking === own) draw();
}

function choose(id) {
  if (unitId === id && answer) return;
  unitId = id;
  answer = null;
  problem = "";
  refresh({ anew: true });
}

function toggle() {
  shown = !shown;
  answer = null;
  problem = "";
  if (!shown) unitId = null;
  refresh({ anew: true });
}

/** Wire the button; a click on a unit then asks for that unit alone. */
export function startCover() {
  byId("cover").addEventListener("click", toggle);
  whenReady((map) => {
    byId("cover").disabled = false;
    map.on("click", ({ point }) => {
      const unit = shown && !pinning() && unitAt(point);
      if (unit) choose(unit.id);
    });
  });
  on("units", () => { if (shown && unitId && !state.units.has(unitId)) choose(null); });
  on("selection", () => { if (shown) draw(); });
  setInterval(() => { if (shown && !document.hidden) refresh(); }, REFRESH_MS);
  onLanguage(draw);
}
