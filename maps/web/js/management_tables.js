// Figures and tables from the audit's JSON.

import { h } from "./dom.js";
import { NONE } from "./format.js";
import { label, t } from "./i18n.js";
import { THIN, whisker } from "./management_charts.js";

const ZONES = ["urban", "suburban", "province", "unknown"];

const MANY = 100; // from here on a decimal says something
const digits = (n) => (n >= MANY ? 1 : 0);

/** A share as a manager reads it. */
export const percent = (p, n) => (p === null ? NONE : `${(100 * p).toFixed(digits(n))}%`);

/** Seconds as minutes with one decimal. */
export const minutesOf = (seconds) => (seconds === null ? NONE : (seconds / 60).toFixed(1));

const number = (value) => value.toLocaleString("zh-CN");

/** "82% (69–90%)": a share with its interval; a dash where there is none. */
export function shareText({ p, low, high, n }) {
  return p === null ? NONE : `${percent(p, n)} (${(100 * low).toFixed(digits(n))}–${percent(high, n)})`;
}

/** "41/50 起" and "95% 区间 69–90%", as two lines. */
export function shareBasis(share) {
  if (share.p === null) return [t("mg_no_share")];
  const low = (100 * share.low).toFixed(digits(share.n));
  return [
    t("mg_share_of", { kept: number(share.kept), n: number(share.n) }),
    t("mg_share_interval", { low, high: percent(share.high, share.n) }),
  ];
}

function figure(name, value, basis, { unit = "", main = false, testid = "", share = null } = {}) {
  return h("div", { class: `card figure ${main ? "main" : ""}`, data: { testid } },
    h("p", { class: "name" }, name),
    h("p", { class: "value" }, value, unit && h("small", {}, ` ${unit}`)),
    share && whisker(share),
    basis.filter(Boolean).map((line) => h("p", { class: "basis" }, line)));
}

function shareFigure(name, tally, more = {}) {
  const share = tally.share_kept;
  const open = tally.open ? t("mg_open", { n: number(tally.open) }) : "";
  const strict = tally.share_with_excluded;
  const excluded = tally.excluded ? t("mg_excluded", { n: number(tally.excluded), p: percent(strict.p, strict.n) }) : "";
  return figure(name, percent(share.p, share.n), [...shareBasis(share), open, excluded], { ...more, share });
}

function timeFigure(name, tally, key) {
  const untimed = tally.missed - tally.late;
  const basis = [t("mg_ends"), t("mg_time_basis", { n: number(tally.timed) }), untimed ? t("mg_untimed", { n: number(untimed) }) : ""];
  return figure(name, minutesOf(tally[key]), basis, { unit: t("mg_min"), testid: key });
}

/** The row of big figures. */
export function figures({ totals, by_zone: zones }) {
  return [
    shareFigure(t("mg_kept_all"), totals, { main: true, testid: "kept-all" }),
    ...ZONES.filter((zone) => zones[zone]).map((zone) =>
      shareFigure(t("mg_kept_zone", { zone: label("zone", zone, t("mg_unknown")) }), zones[zone], { testid: `kept-${zone}` })),
    timeFigure(t("mg_p50"), totals, "p50_s"),
    timeFigure(t("mg_p90"), totals, "p90_s"),
  ];
}

function table(heads, rows, kind = "") {
  return h("table", { class: kind },
    h("thead", {}, h("tr", {}, heads.map(([key, kind]) => h("th", { class: kind ?? "", scope: "col" }, t(key))))),
    h("tbody", {}, rows));
}

const cells = (...values) => values.map((value) => h("td", { class: "number" }, value));

function groupRow(name, tally) {
  const share = tally.share_kept;
  return h("tr", { class: share.n < THIN ? "thin" : "" },
    h("td", {}, name),
    cells(number(tally.reported), number(tally.kept), number(tally.missed), number(tally.open)),
    h("td", {}, h("div", { class: "row" }, whisker(share),
      h("span", { class: "number" }, shareText(share)))),
    cells(minutesOf(tally.p50_s), minutesOf(tally.p90_s)));
}

/** A table of groups: districts or hours. */
export function groups(first, entries) {
  const heads = [[first], ["mg_col_reported", "number"], ["mg_col_kept", "number"], ["mg_col_missed", "number"],
    ["mg_col_open", "number"], ["mg_col_share"], ["mg_col_p50", "number"], ["mg_col_p90", "number"]];
  return table(heads, entries.map(([name, tally]) => groupRow(name === "unknown" ? t("mg_unknown") : name, tally)), "groups");
}

/** The legs of a response, each with both ends. */
export function intervals(stats) {
  const heads = [["mg_col_interval"], ["mg_col_p50", "number"], ["mg_col_p90", "number"], ["mg_col_n", "number"], ["mg_col_missing", "number"]];
  return table(heads, stats.map((one) => h("tr", {},
    h("td", {}, `${t(`mg_interval_${one.name}`)} `, h("span", { class: "muted" }, `${t(`mg_end_${one.from}`)} → ${t(`mg_end_${one.to}`)}`)),
    cells(minutesOf(one.p50_s), minutesOf(one.p90_s), number(one.n), number(one.missing)))));
}

/** Why some incidents have no trusted time, and a word on suspiciously quick arrivals and on those sent later. */
export function problems(counts, { quick, sent_later, kept_by_capture, doubted }) {
  const rows = Object.entries(counts).map(([reason, n]) => h("tr", {}, h("td", {}, t(`mg_problem_${reason}`)), cells(number(n))));
  const list = rows.length ? table([["mg_col_reason"], ["mg_col_count", "number"]], rows) : h("p", { class: "muted" }, t("mg_none"));
  const later = sent_later || doubted
    ? h("p", { class: "notice warn", data: { testid: "sent-later" } }, t("mg_later", { n: number(sent_later), late: number(kept_by_capture), doubted: number(doubted) })) : null;
  return [list, later, quick ? h("p", { class: "notice warn" }, t("mg_quick", { n: number(quick) })) : null].filter(Boolean);
}
