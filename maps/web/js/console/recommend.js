// Who should go: ranks, arrival with its spread, probability, reasons, and why the others cannot.

import { get } from "../api.js";
import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { grade, minute, minutes, percent } from "../format.js";
import { label, language, t } from "../i18n.js";
import { assign, reassign } from "./actions.js";
import { openAssignments, secondsLeft } from "./derive.js";
import { awaitedBy } from "./proposals.js";
import { callBackup } from "./risks.js";

const OPTIONS = 6;
export const ROLES = ["surveyor", "tow_unit", "specialist"];
const BACKUP_BELOW_P = 0.5; // the button is offered; the service decides whether a reason is needed
let refusedOpen = false;
let othersOpen = false;

/** A line from now to past the limit: dot at the median, band to the 90 % point, mark at the limit. */
function spreadBar(option, span_s, left_s) {
  const share = (seconds) => `${Math.min(100, Math.max(0, (seconds / span_s) * 100))}%`;
  const width = `${Math.min(100, (option.eta_p90_s / span_s) * 100) - Math.min(100, (option.eta_s / span_s) * 100)}%`;
  return h("span", { class: "spread", role: "img", "aria-label": t("spread", { a: minutes(option.eta_s), b: minutes(option.eta_p90_s) }) },
    h("i", { class: "spread-lead", style: { width: share(option.eta_s) } }),
    h("i", { class: "spread-band", style: { left: share(option.eta_s), width } }),
    h("i", { class: "spread-dot", style: { left: share(option.eta_s) } }),
    left_s > 0 ? h("i", { class: "spread-limit", style: { left: share(left_s) }, title: t("limit") }) : null);
}

function sendButton(option, rank, { incident, advice, taken }) {
  const key = `assign-${option.unit_id}`;
  const first = rank === 1;
  if (incident.hold) return null;
  if (taken) {
    return h("button", { type: "button", class: "button", data: { testid: "reassign-to", key }, on: { click: (event) => reassign(incident, taken, event.currentTarget, option.unit_id) } }, t("reassign"));
  }
  return h("button", {
    type: "button", class: `button ${first ? "primary" : ""}`, data: { testid: first ? "assign-button" : "assign-other", key },
    on: { click: (event) => assign(incident, option, { advised: first, role: advice.role, button: event.currentTarget }) },
  }, t("assign"), h("kbd", {}, first ? "A" : String(rank)));
}

function optionCard(option, i, context) {
  const { span_s, left_s, taken } = context;
  const first = i === 0 && !taken;
  return h("li", { class: `option ${first ? "first" : ""}`, data: { testid: "recommend-option", unit: option.unit_id } },
    h("div", { class: "option-head" },
      h("span", { class: "rank" }, String(i + 1)),
      h("strong", { class: "grow ellipsis" }, option.unit_name),
      h("span", { class: option.p_kept === null ? "by-line" : `number p-kept ${grade(option.p_kept)}`, title: t("p_kept") }, option.p_kept === null ? t("straight_line") : percent(option.p_kept))),
    h("div", { class: "option-body" },
      h("div", { class: "grow" },
        h("p", { class: "number" }, h("strong", {}, t("eta_min", { n: minutes(option.eta_s) })),
          h("span", { class: "muted" }, ` · ${t("p90_min", { n: minutes(option.eta_p90_s) })} · ${t("road_min", { n: minutes(option.travel_s) })}`)),
        spreadBar(option, span_s, left_s)),
      sendButton(option, i + 1, context)));
}

function refusedList(advice) {
  const groups = new Map();
  for (const one of advice.refused) groups.set(one.reason, [...(groups.get(one.reason) ?? []), one]);
  if (!groups.size) return null;
  const details = h("details", { class: "refused", open: refusedOpen, data: { testid: "refused" } },
    h("summary", {}, t("refused", { n: advice.refused.length })),
    h("dl", {}, [...groups].map(([reason, units]) => [
      h("dt", {}, `${label("refusal", reason, units[0].reason_label)} ${units.length}`),
      h("dd", { class: "muted" }, units.map((one) => one.unit_name).join("、"))])));
  details.addEventListener("toggle", () => { refusedOpen = details.open; });
  return details;
}

/** Somebody is on it already: the others are kept at hand, out of the way. */
function othersList(list, n) {
  const details = h("details", { class: "others", open: othersOpen }, h("summary", {}, `${t("recommendation_other")} ${n}`), list);
  details.addEventListener("toggle", () => { othersOpen = details.open; });
  return details;
}

function roleTabs(role, choose) {
  return h("div", { class: "role-tabs", role: "group", "aria-label": t("recommendation") }, ROLES.map((one) =>
    h("button", { type: "button", class: "button small", "aria-pressed": String(one === role), data: { key: `role-${one}` }, on: { click: () => choose(one) } }, label("role", one))));
}

/** "weekend-21+v3" in words: which hour's speeds the road times were taken at, and which road conditions; other names
 * are shown as they are. */
function metricWords(metric) {
  const [, kind, hour, version] = /^(weekday|weekend|holiday)-(\d+)(?:\+v(\d+))?$/.exec(metric) ?? [];
  if (!kind) return metric;
  const words = t(`metric_${kind}`, { hour: Number(hour) });
  return version ? words + t("metric_conditions", { version }) : words;
}

/** The card. `advice` is a RecommendationOut, null while it is being asked for. */
export function recommendCard(incident, advice, { role, chooseRole }) {
  const head = h("div", { class: "section-head" }, h("h3", {}, t("recommendation")), roleTabs(role, chooseRole));
  if (!incident.location) return [head, h("p", { class: "notice warn" }, t("needs_place"))];
  if (!advice) return [head, h("p", { class: "muted" }, t("loading"))];
  const left_s = secondsLeft(incident, now_ms()) ?? 0;
  const taken = openAssignments(incident).find((one) => one.role === advice.role);
  const options = advice.options.filter((one) => one.unit_id !== taken?.unit_id).slice(0, OPTIONS);
  const span_s = Math.max(left_s * 1.08, ...options.map((one) => one.eta_p90_s * 1.08), 600);
  const list = h("ol", { class: "options" }, options.map((option, i) => optionCard(option, i, { incident, advice, span_s, left_s, taken })));
  if (taken) return [head, othersList(list, options.length)];
  const awaited = advice.role === "surveyor" ? awaitedBy(incident) : null;
  return [
    head,
    awaited ? h("p", { class: "notice", data: { testid: "awaited" } }, h("strong", {}, t("awaited", { unit: awaited.unit_name, time: minute(awaited.free_at) })), " ", t("awaited_why")) : null,
    incident.hold ? h("p", { class: "notice warn" }, t("held_cannot")) : null,
    options.length ? h("p", { class: "explanation" }, language() === "en" ? advice.explanation_in_english : advice.explanation) : h("p", { class: "notice danger" }, t("nobody")),
    list,
    (options.length && options[0].p_kept === null ? 1 : options[0]?.p_kept ?? 0) < BACKUP_BELOW_P ? h("div", { class: "actions" }, h("button", {
      type: "button", class: "button", data: { testid: "call-backup", key: "backup" }, on: { click: (event) => callBackup(incident, role, event.currentTarget) },
    }, t("backup_call"))) : null,
    refusedList(advice),
    advice.metric ? h("p", { class: "fine muted" }, metricWords(advice.metric)) : null,
  ];
}

/** Ask who should go. */
export const fetchAdvice = (incidentId, role, signal) => get(`/v1/incidents/${incidentId}/recommendation?role=${role}`, { signal });
