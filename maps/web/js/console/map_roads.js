// Conditions on the roads: drawn, listed, told and ended. They count in every road time from the next request on.

import { get, post, remove } from "../api.js";
import { attempt, byId, h, refill, setText, toast } from "../dom.js";
import { dateTime, metres } from "../format.js";
import { about, onLanguage, t } from "../i18n.js";
import { collection, pointFeature } from "../map/shapes.js";
import { askCondition } from "./road_dialog.js";
import "./map_words.js";
import { reveal, show, theMap, whenReady } from "./map_view.js";
import { isAway, looked } from "./outage.js";
import { askPoint } from "./pin.js";

const REFRESH_MS = 30_000;

let conditions = [];
let problem = "";
let opened = false;

/** The middle of a polygon's box: where its sign stands. */
function middle(area) {
  const ring = area.coordinates[0];
  const mean = (axis) => (Math.min(...ring.map((p) => p[axis])) + Math.max(...ring.map((p) => p[axis]))) / 2;
  return [mean(0), mean(1)];
}

function features(one) {
  const properties = { kind: one.kind, holds: one.holds, icon: `road-${one.kind}` };
  return [{ type: "Feature", geometry: one.area, properties }, pointFeature(...middle(one.area), properties)];
}

function drawMap() {
  show("roads-told", collection(conditions.filter((one) => one.area).flatMap(features)));
}

function sentence(one) {
  const value = one.kind === "slowdown" ? ` ${Math.round(one.factor * 100)}%` : one.kind === "speed" ? ` ${Math.round(one.speed_kph)} km/h` : "";
  const time = one.until_at ? t("roads_till", { time: dateTime(one.until_at) }) : t("roads_forever");
  return [t(`road_${one.kind}`) + value, one.holds ? "" : t("roads_from", { time: dateTime(one.from_at) }), time, t("roads_edges", { n: one.edges })].filter(Boolean).join(" · ");
}

function goTo(one) {
  const [lon, lat] = middle(one.area);
  reveal({ lon, lat });
}

const entry = (one) => h("li", { class: "road-entry", data: { testid: "road-condition" } },
  h("i", { class: `mark road ${one.kind}` }),
  h("div", { class: "grow" }, h("p", {}, sentence(one)), h("p", { class: "fine muted" }, [one.reason, one.told_by].filter(Boolean).join(" · "))),
  one.area ? h("button", { type: "button", class: "button quiet small", data: { key: `road-see-${one.id}` }, "aria-label": `${t("map")}: ${sentence(one)}`, on: { click: () => goTo(one) } }, "◎") : null,
  h("button", { type: "button", class: "button small", data: { testid: "road-end", key: `road-end-${one.id}` }, on: { click: (event) => end(one, event.currentTarget) } }, t("roads_end")));

function drawPanel() {
  byId("roads").setAttribute("aria-pressed", String(opened));
  byId("roads").setAttribute("aria-expanded", String(opened));
  setText(byId("roads-count"), conditions.length || "");
  byId("roads-panel").hidden = !opened;
  if (!opened) return;
  refill(byId("roads-panel"), [
    problem ? h("p", { class: "notice danger" }, t("roads_problem", { why: problem })) : null,
    conditions.length ? h("ul", {}, conditions.map(entry)) : h("p", { class: "muted" }, t("roads_none")),
    h("p", { class: "fine muted" }, t("roads_note")),
    h("button", { type: "button", class: "button", data: { testid: "road-add", key: "road-add" }, on: { click: (event) => add(event.currentTarget) } }, t("roads_add")),
  ]);
}

function draw() {
  drawMap();
  drawPanel();
}

async function refresh() {
  try {
    conditions = (await get("/v1/road-conditions")).conditions;
    problem = "";
  } catch (error) { problem = error.message; }
  draw();
}

/** Without roads nothing is asked by itself: whoever opens the list is told why there is none. */
function keepFresh() {
  if (!document.hidden && !isAway("network")) refresh();
}

async function add(button) {
  const { lng, lat } = theMap()?.getCenter() ?? {};
  const point = await askPoint(lng === undefined ? null : { lon: lng, lat }); // in the middle, so that no mouse is needed
  if (!point) return;
  const asked = await askCondition();
  if (!asked) return;
  await attempt(async () => {
    const { reason, radius_m, ...condition } = asked;
    await post("/v1/road-conditions", { conditions: [{ ...condition, circle: { ...point, radius_m } }], reason });
    toast(about(t("roads_told"), [t(`road_${condition.kind}`), metres(radius_m)].join(" · ")), "ok");
  }, button);
  await refresh();
}

function end(one, button) {
  return attempt(async () => {
    await remove(`/v1/road-conditions/${one.id}`);
    toast(t("roads_ended"), "ok");
  }, button).then(refresh);
}

function toggle() {
  opened = !opened;
  drawPanel();
  if (opened) refresh();
}

/** Wire the button and keep the list fresh. */
export function startRoads() {
  byId("roads").addEventListener("click", toggle);
  whenReady(drawMap);
  looked.then(keepFresh);
  setInterval(keepFresh, REFRESH_MS);
  onLanguage(drawPanel);
}
