// What the marks on the map mean, drawn from the very marks.

import { byId, h } from "../dom.js";
import { label, onLanguage, t } from "../i18n.js";
import { coloursOf } from "../map/colours.js";
import { drawAtlas, cellOf, CELL_PX, pictureOf, TIER_MARKS } from "../map/icons.js";
import { onTheme, theme } from "../theme.js";
import { fitAll } from "./map_incidents.js";
import "./map_words.js";

const SIDE = 22;

const UNITS = [["surveyor", "idle", true, "legend_idle"], ["surveyor", "going", true, "legend_going"], ["surveyor", "scene", false, "legend_scene"],
  ["surveyor", "old", false, "legend_old_age"], ["surveyor", "off", false, "legend_off"],
  ["tow_unit", "idle", false, "legend_square"], ["specialist", "idle", false, "legend_diamond"]];
const STATUS = [["waiting", "legend_waiting"], ["offered", "legend_offered"], ["going", "legend_going"], ["scene", "legend_scene"]];
const MORE = [["shop-designated-open", "legend_shop_open"], ["shop-designated-full", "legend_shop_full"], ["shop-designated-closed", "legend_shop_closed"],
  ["road-closure", "road_closure"], ["road-flood", "road_flood"], ["road-slowdown", "road_slowdown"]];
const LINES = [["route", "legend_route"], ["disc", "legend_disc"], ["standby", "legend_standby"], ["pressing", "legend_pressing"]];

function sized(canvas, height = SIDE) {
  canvas.style.height = `${height}px`;
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function unitPicture(atlas, role, tone, headed) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = CELL_PX;
  const cell = cellOf(role, tone, headed);
  canvas.getContext("2d").drawImage(atlas, -(cell % 10) * CELL_PX, -Math.floor(cell / 10) * CELL_PX);
  return sized(canvas, 26);
}

const row = (mark, words) => h("li", {}, h("span", { class: "legend-mark" }, mark), words);
const part = (word, rows) => [h("h3", {}, t(word)), h("ul", {}, rows)];

function draw() {
  if (!byId("legend").open) return;
  const colours = coloursOf(theme());
  const atlas = drawAtlas(colours);
  const picture = (name) => sized(pictureOf(name, colours));
  byId("legend-body").replaceChildren(...[
    part("legend_incidents", Object.keys(TIER_MARKS).map((tier) => row(sized(pictureOf(`incident-waiting-${tier}`, colours), 34), label("tier", tier)))),
    part("legend_status", STATUS.map(([tone, word]) => row(picture(`incident-${tone}-standard`), t(word)))),
    part("legend_units", UNITS.map(([role, tone, headed, word]) => row(unitPicture(atlas, role, tone, headed), headed && tone === "idle" ? `${t(word)} · ${t("legend_heading")}` : t(word)))),
    part("legend_more", [...MORE.map(([name, word]) => row(picture(name), t(word))), ...LINES.map(([kind, word]) => row(h("i", { class: `legend-${kind}` }), t(word)))]),
    h("button", { type: "button", class: "button", on: { click: () => fitAll() } }, t("fit")),
  ].flat());
}

/** Draw the legend when it is opened and keep it in the reader's language and theme. */
export function startLegend() {
  byId("legend").addEventListener("toggle", draw);
  onLanguage(draw);
  onTheme(draw);
}
