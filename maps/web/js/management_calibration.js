// Were the stated probabilities right: what was said beside what came, with n and interval.

import { address, get } from "./api.js";
import { byId, h } from "./dom.js";
import { NONE } from "./format.js";
import { addWords, onLanguage, t } from "./i18n.js";
import { whisker } from "./management_charts.js";

addWords({
  mc_title: ["到场概率准不准", "Were the stated probabilities right?"],
  mc_note: [
    "报案时、派单时、途中各说过的“按时到场概率”，与实际是否守时对照。说 80% 的，应有约八成守时；须看样本数与 95% 区间(同一天的案件受同一路况影响，真实误差更大)。",
    "The probability of arriving in time as stated at report, at assignment and on the way, beside what came. Of those stated at 80%, about 80% should be kept; mind n and the 95% interval (incidents of one day share its traffic: the true error is larger).",
  ],
  mc_moment_report: ["报案时", "At report"],
  mc_moment_assignment: ["派单时", "At assignment"],
  mc_moment_on_the_way: ["途中", "On the way"],
  mc_summary: ["{n} 次 · 平均说 {stated} · 实际守时 {kept}", "{n} statements · {stated} stated on average · {kept} kept"],
  mc_scores: ["Brier {brier} · 90% 区间覆盖 {covered}", "Brier {brier} · 90% interval covers {covered}"],
  mc_few: ["样本不足({n} 次，需 {enough} 次)：暂不能判断准不准。", "Too few statements ({n}, {enough} are needed) to say anything yet."],
  mc_simulated: ["其中 {n} 次为模拟", "{n} of them simulated"],
  mc_unstated: ["另有 {n} 次无人可派，未给概率", "{n} more had nobody to send: no probability"],
  mc_said: ["说的概率", "Stated"],
  mc_seen: ["实际守时与 95% 区间", "Kept, 95% interval"],
  mc_n: ["n", "n"],
  mc_gap: ["差(百分点)", "Gap (points)"],
  mc_model: ["现用模型 {name}：学自 {trips} 次出车({first} 至 {last})，其中模拟 {simulated} 次", "Model in use {name}: learned from {trips} trips ({first} to {last}), {simulated} of them simulated"],
  mc_prior: ["现用模型：规则文件的假定，尚未从出车记录学习。", "Model in use: the policy's assumptions; nothing has been learned from trips yet."],
});

const MOMENTS = ["report", "assignment", "on_the_way"];
let last; // undefined until it was asked for

const percent = (p) => (p == null ? NONE : `${(100 * p).toFixed(0)}%`);
const number = (value) => value.toLocaleString("zh-CN");

export async function loadCalibration(hours) {
  last = await get(address("/v1/calibration", { hours }));
  showCalibration();
}

function showCalibration() {
  if (last === undefined) return;
  byId("calibration").replaceChildren(h("p", { class: "muted small" }, model()), ...MOMENTS.map((name) => moment(name, last.moments[name])));
}

function model() {
  return last.model ? t("mc_model", { ...last.model, trips: number(last.model.trips), simulated: number(last.model.simulated) }) : t("mc_prior");
}

function moment(name, found) {
  const more = [
    found.simulated && t("mc_simulated", { n: number(found.simulated) }),
    found.unstated && t("mc_unstated", { n: number(found.unstated) }),
  ].filter(Boolean).join(" · ");
  const body = found.enough ? [summary(found), tenths(found.tenths)]
    : [h("p", { class: "muted", data: { testid: "few-statements" } }, t("mc_few", { n: number(found.n), enough: last.enough }))];
  return h("section", { data: { testid: `calibration-${name}` } },
    h("h3", {}, t(`mc_moment_${name}`)), ...body, more && h("p", { class: "muted small" }, more));
}

function summary(found) {
  const interval = (share) => (share?.p == null ? NONE : `${percent(share.p)} (${percent(share.low)}–${percent(share.high)})`);
  const said = t("mc_summary", { n: number(found.n), stated: percent(found.stated), kept: interval(found.kept) });
  return h("p", {}, `${said} · ${t("mc_scores", { brier: found.brier.score.toFixed(3), covered: interval(found.covered["90%"]) })}`);
}

function tenths(rows) {
  const head = (key, kind = "") => h("th", { class: kind, scope: "col" }, t(key));
  const shown = rows.filter((row) => row.seen.n > 0);
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, head("mc_said", "number"), head("mc_seen"), head("mc_n", "number"), head("mc_gap", "number"))),
    h("tbody", {}, shown.map(tenth))));
}

function tenth({ stated, seen, gap }) {
  const points = gap == null ? NONE : `${gap > 0 ? "+" : ""}${(100 * gap).toFixed(0)}`;
  return h("tr", { class: gap == null ? "thin" : "" },
    h("td", { class: "number" }, percent(stated)),
    h("td", {}, h("div", { class: "row" }, whisker(seen), h("span", { class: "number" }, `${percent(seen.p)} (${percent(seen.low)}–${percent(seen.high)})`))),
    h("td", { class: "number" }, number(seen.n)),
    h("td", { class: "number" }, points));
}

onLanguage(showCalibration);
