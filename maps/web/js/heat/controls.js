// What a manager chooses: period, hours, tier, zone, areas, measure, and a period to compare with.

import { byId, h } from "../dom.js";
import { label, t } from "../i18n.js";

const TIERS = ["minor", "standard", "multi_vehicle", "heavy_loss", "expressway", "injury", "green_channel"];
const ZONES = ["urban", "suburban", "province"];
const CELLS = { 6: "36", 7: "5.2", 8: "0.74", 9: "0.11" };
const MEASURES = ["p50", "p90", "kept", "missed_share", "missed", "demand", "daily", "cover"];
const DAY_MS = 86_400_000;

const iso = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(at);
const shifted = (day, days) => iso(Date.parse(`${day}T00:00:00+08:00`) + days * DAY_MS);
const value = (id) => byId(id).value;
const two = (n) => String(n).padStart(2, "0");

/** The measures by key, in the words the service gave them; before its first answer only their keys. */
export const names = new Map();

function options(id, pairs) {
  const kept = value(id);
  byId(id).replaceChildren(...pairs.map(([key, words]) => h("option", { value: key }, words)));
  if (pairs.some(([key]) => String(key) === kept)) byId(id).value = kept;
}

/** Fill the lists in the reader's language. */
export function fill() {
  options("heat-from", Array.from({ length: 24 }, (_, n) => [n, `${two(n)}:00`]));
  options("heat-to", Array.from({ length: 24 }, (_, n) => [n + 1, `${two(n + 1)}:00`]));
  options("heat-tier", [["", t("heat_all")], ...TIERS.map((tier) => [tier, label("tier", tier)])]);
  options("heat-zone", [["", t("heat_all")], ...ZONES.map((zone) => [zone, label("zone", zone)])]);
  options("heat-cells", [["", t("heat_auto")], ...Object.entries(CELLS).map(([key, area]) => [key, t("heat_cell", { area })]), ["district", t("heat_district")]]);
  options("heat-measure", MEASURES.map((key) => [key, key === "cover" ? t("heat_measure_cover") : names.get(key) ?? key]));
  options("heat-at", [["", t("heat_now")], ...Array.from({ length: 24 }, (_, n) => [n, t("heat_hour", { hour: two(n) })])]);
}

/** Choose the last `days` days, and the same number before them to compare with. */
export function chooseDays(days) { choosePeriod(shifted(iso(Date.now()), 1 - days), iso(Date.now())); }

/** Choose the calendar month before this one. */
export function chooseLastMonth() {
  const last = shifted(`${iso(Date.now()).slice(0, 8)}01`, -1);
  choosePeriod(`${last.slice(0, 8)}01`, last);
}

function choosePeriod(since, until) {
  byId("heat-since").value = since;
  byId("heat-until").value = until;
  const days = Math.round((Date.parse(until) - Date.parse(since)) / DAY_MS) + 1;
  byId("heat-earlier-until").value = shifted(since, -1);
  byId("heat-earlier-since").value = shifted(since, -days);
}

/** The measure chosen. */
export const measure = () => value("heat-measure");
/** "side" or "difference" where two periods are compared, else "". */
export const comparing = () => (byId("heat-compare").checked && measure() !== "cover" ? document.querySelector("input[name=heat-view]:checked").value : "");
export const wantsIsochrones = () => byId("heat-isochrones").checked;

/** The chosen period and filters, as the service takes them. */
export function selection() {
  const whole = value("heat-from") === "0" && value("heat-to") === "24";
  const cells = value("heat-cells");
  return {
    since: value("heat-since"), until: value("heat-until"), hours: whole ? "" : `${value("heat-from")}-${value("heat-to")}`,
    tier: value("heat-tier"), zone: value("heat-zone"), by: cells === "district" ? "district" : "h3", resolution: cells === "district" ? "" : cells,
  };
}

/** The period to compare with. */
export const earlier = () => ({ since: value("heat-earlier-since"), until: value("heat-earlier-until") });

/** For the prediction: which cells, and the hour, empty for now. */
export const moment = () => { const { by, resolution } = selection(); return { by, resolution, hour: value("heat-at") }; };

/** Show only what the chosen measure takes. */
export function arrange() {
  const predicted = measure() === "cover";
  byId("heat-at-field").hidden = !predicted;
  for (const node of document.querySelectorAll(".heat-counted")) node.hidden = predicted;
  byId("heat-earlier").hidden = !byId("heat-compare").checked || predicted;
}
