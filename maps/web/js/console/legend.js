// What the marks on the map mean.

import { byId, h } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { fitAll } from "./map_incidents.js";

const ROWS = [["drop waiting", "legend_waiting"], ["round idle", "legend_idle"], ["round going", "legend_going"], ["round scene", "legend_scene"],
  ["round old", "legend_old"], ["round plain", "legend_round"], ["square plain", "legend_square"], ["diamond", "legend_shop"]];

function draw() {
  byId("legend-body").replaceChildren(
    h("ul", {}, ROWS.map(([mark, word]) => h("li", {}, h("i", { class: `mark ${mark}` }), t(word)))),
    h("button", { type: "button", class: "button", on: { click: () => fitAll() } }, t("fit")));
}

/** Draw the legend and keep it in the reader's language. */
export function startLegend() {
  draw();
  onLanguage(draw);
}
