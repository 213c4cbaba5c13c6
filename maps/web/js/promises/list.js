// Promises as a list, and as a table of shares.

import { h } from "../dom.js";
import { dateTime } from "../format.js";
import { language, t } from "../i18n.js";
import { THIN, whisker } from "../management_charts.js";
import { shareText } from "../management_tables.js";
import { actionsOf } from "./actions.js";

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const SOON_S = 2 * HOUR_S;
const NEAR_S = 7 * DAY_S; // what is due later is folded away

export const nameOf = (one) => (language() === "en" ? one.english : one.label);
const limitOf = (one) => (language() === "en" ? one.limit_english : one.limit);

/** "2 天 3 小时", "5 小时", "12 分钟". */
function span(seconds) {
  const all = Math.abs(seconds);
  const [days, hours] = [Math.floor(all / DAY_S), Math.floor((all % DAY_S) / HOUR_S)];
  if (days) return [t("pm_days", { n: days }), hours && days < 3 ? t("pm_hours", { n: hours }) : ""].filter(Boolean).join(" ");
  if (hours) return t("pm_hours", { n: hours });
  return t("pm_minutes", { n: Math.floor(all / 60) });
}

function timeLeft(one) {
  if (one.verdict === "unjudged") return [h("span", { class: "warn" }, t("pm_unjudged"))];
  if (one.margin_s === null) return [t("pm_standing")];
  const late = one.margin_s < 0;
  const key = late ? (one.done_at ? "pm_done_late" : "pm_over") : "pm_left";
  const kind = late ? "danger" : one.margin_s < SOON_S ? "warn" : "";
  return [h("span", { class: kind }, t(key, { time: span(one.margin_s) })), h("small", { class: "number" }, t("pm_due_at", { at: dateTime(one.due_at) }))];
}

function subjectOf(one) {
  if (one.about === "house") return t("pm_about_house");
  if (one.about === "incident") return t("pm_about_incident", { id: one.subject });
  if (one.about === "client") return t("pm_about_client", { id: one.subject });
  const [, id, n] = one.subject.split("/");
  return t("pm_about_problem", { id, n });
}

function row(one, done) {
  return h("li", { class: "promise", data: { testid: "promise", promise: one.promise, verdict: one.verdict } },
    h("div", { class: "left" }, timeLeft(one)),
    h("div", { class: "what" }, h("strong", {}, nameOf(one)), h("small", {}, one.verdict === "unjudged" ? one.reason : t("pm_limit", { limit: limitOf(one) }))),
    h("div", { class: "whom" }, one.words || subjectOf(one), " ", one.simulated ? h("span", { class: "badge sim" }, t("simulated")) : null, one.words ? h("small", {}, subjectOf(one)) : null),
    h("div", { class: "does" }, done ? actionsOf(one, nameOf(one), done) : null));
}

const rows = (promises, done) => h("ul", { class: "promise-list" }, promises.map((one) => row(one, done)));

/** What was missed, or what is due; `done` is called after something was recorded, null where nothing may be. */
export function promiseList(promises, inAll, empty, done) {
  if (!promises.length) return h("p", { class: "muted" }, t(empty));
  const near = promises.filter((one) => one.margin_s === null || one.margin_s < NEAR_S);
  const later = promises.filter((one) => !near.includes(one));
  const more = inAll - promises.length;
  return h("div", {},
    near.length ? rows(near, done) : h("p", { class: "muted" }, t("pm_none_near")),
    later.length ? h("details", {}, h("summary", {}, t("pm_later", { n: later.length })), rows(later, done)) : null,
    more > 0 ? h("p", { class: "muted small" }, t("pm_more", { n: more })) : null);
}

function tallyRow(one) {
  const cell = (value) => h("td", { class: "number" }, value.toLocaleString("zh-CN"));
  const marks = [one.recorded_late ? t("pm_late_entries", { n: one.recorded_late }) : "", one.by_correction ? t("pm_corrected", { n: one.by_correction }) : ""].filter(Boolean);
  return h("tr", { class: one.share_kept.n < THIN ? "thin" : "", data: { testid: "tally", promise: one.promise } },
    h("td", {}, nameOf(one), marks.length ? h("div", { class: "small warn" }, marks.join(" · ")) : null),
    h("td", { class: "number" }, limitOf(one)), cell(one.reported), cell(one.kept), cell(one.missed), cell(one.open),
    h("td", { class: "number" }, `${one.excluded} / ${one.unjudged}`),
    h("td", {}, h("div", { class: "row" }, whisker(one.share_kept), h("span", { class: "number" }, shareText(one.share_kept)))),
    h("td", { class: "number" }, shareText(one.share_with_excluded)));
}

const HEADS = [["pm_col_promise"], ["pm_col_limit", "number"], ["pm_col_all", "number"], ["pm_col_kept", "number"], ["pm_col_missed", "number"],
  ["pm_col_open", "number"], ["pm_col_out", "number"], ["pm_col_share"], ["pm_col_strict", "number"]];

/** One line a promise. */
export function tallyTable(totals) {
  return h("table", { class: "tallies" },
    h("thead", {}, h("tr", {}, HEADS.map(([key, kind]) => h("th", { class: kind ?? "", scope: "col" }, t(key))))),
    h("tbody", {}, totals.map(tallyRow)));
}
