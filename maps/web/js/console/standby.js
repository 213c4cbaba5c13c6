// Where idle units had better wait: a list on the board and, while it is open, arrows on the map. Nobody is moved by it.

import { get } from "../api.js";
import { h } from "../dom.js";
import { minutes, percent } from "../format.js";
import { language, t } from "../i18n.js";
import { collection, pointFeature } from "../map/shapes.js";
import { drawnAt } from "./map_units.js";
import { show, whenReady } from "./map_view.js";
import { changed, on, state } from "./state.js";
import "./choosing_words.js";

const REFRESH_MS = 60_000;
const REDRAW_MS = 1000;

let opened = false;
let found = null; // StandbyOut
let problem = "";

async function ask() {
  try {
    found = await get("/v1/standby");
    problem = "";
  } catch (error) {
    problem = error.message;
  }
  changed("standby");
  draw();
}

/** Units that still are idle; the others have been sent since. */
const advised = () => (found?.advice ?? []).filter((one) => state.units.get(one.unit_id)?.status === "idle");

/** Degrees clockwise from north, on a local plane: only for turning an arrow's head. */
function heading([lon, lat], to) {
  const east = (to.lon - lon) * Math.cos((lat * Math.PI) / 180);
  return (Math.atan2(east, to.lat - lat) * 180) / Math.PI;
}

function arrow(one) {
  const from = drawnAt(one.unit_id);
  if (!from) return [];
  const line = { type: "Feature", geometry: { type: "LineString", coordinates: [from, [one.lon, one.lat]] }, properties: {} };
  return [line, pointFeature(one.lon, one.lat, { heading: heading(from, one) })];
}

function draw() {
  const visible = opened && !state.selectedId;
  show("standby", collection(visible ? advised().flatMap(arrow) : []));
}

function toggle(details) {
  if (details.open === opened) return;
  opened = details.open;
  if (opened) ask();
  draw();
}

const entry = (one) =>
  h("li", { class: "board-entry", data: { testid: "standby-advice" } },
    h("p", { class: "row" }, h("span", { class: "grow ellipsis" }, t("sb_to", { unit: one.unit_name, area: one.area })),
      h("span", { class: "number muted" }, t("sb_gain", { n: minutes(one.travel_s), gain: (100 * one.gain).toFixed(1) }))),
    h("p", { class: "fine muted" }, language() === "en" ? one.explanation_in_english : one.explanation));

function body() {
  if (problem) return h("p", { class: "notice danger" }, problem);
  if (!found) return h("p", { class: "muted" }, t("loading"));
  if (found.cover === null) return h("p", { class: "fine muted" }, t("sb_unknown"));
  const list = advised();
  return [
    h("p", { class: "fine muted" }, t("sb_cover", { p: percent(found.cover) })),
    list.length ? h("ul", {}, list.map(entry)) : h("p", { class: "fine" }, t("sb_none")),
  ];
}

/** The group on the board. */
export function standbyGroup() {
  const details = h("details", { class: "others", open: opened, data: { testid: "board_standby" } },
    h("summary", { data: { key: "board-standby" } }, t("sb_board")), opened ? body() : null);
  details.addEventListener("toggle", () => toggle(details));
  return h("section", { class: "board-group" }, details);
}

/** Keep the arrows with their units. */
export function startStandby() {
  whenReady(() => {
    for (const topic of ["selection", "units"]) on(topic, draw);
    setInterval(() => { if (opened) draw(); }, REDRAW_MS);
  });
  setInterval(() => { if (opened && !state.selectedId && !document.hidden && state.link === "live") ask(); }, REFRESH_MS);
}
