// Promises in danger, what should be done instead, back-ups to call, and replacements that wait for the client's consent.

import { get } from "../api.js";
import { attempt, h, toast } from "../dom.js";
import { duration, minute, percent } from "../format.js";
import { label, language, t } from "../i18n.js";
import { assign, reassign } from "./actions.js";
import { change } from "./change.js";
import { askReason } from "./dialogs.js";
import { state } from "./state.js";

const choices = (key) => t(key).split("|");

/** The alarm in the service's own words. */
export function riskSentence(risk) {
  return language() === "en" ? risk.sentence_in_english : risk.sentence;
}

/** A button that does what the alarm proposes, null where nothing is or that unit has been sent since. `key` keeps the focus. */
export function remedy(incident, risk, { key = `risk-${risk.risk}-${risk.role}`, kind = "primary" } = {}) {
  if (state.units.get(risk.proposal?.unit_id)?.status !== "idle") return null;
  const late = incident.assignments.find((one) => one.id === risk.assignment_id);
  const act = late ? (event) => reassign(incident, late, event.currentTarget, risk.proposal.unit_id)
    : (event) => assign(incident, risk.proposal, { advised: true, role: risk.role, button: event.currentTarget });
  const gain = risk.role === "surveyor" && risk.proposal.p_kept !== null ? percent(risk.proposal.p_kept) : duration(risk.proposal.eta_s); // only a surveyor is promised
  return h("button", {
    type: "button", class: `button small ${kind}`, data: { testid: "risk-remedy", key }, on: { click: act },
  }, t(late ? "risk_reassign" : "risk_assign", { unit: risk.proposal.unit_name, p: gain }));
}

const alarm = (incident, risk) =>
  h("div", { class: `notice ${risk.risk === "late" ? "danger" : "warn"} duplicate`, data: { testid: "risk", risk: risk.risk } },
    h("p", { class: "row" }, h("strong", { class: "grow" }, label("risk", risk.risk, risk.risk_label)), h("span", { class: "number" }, minute(risk.raised_at))),
    h("p", {}, riskSentence(risk)),
    h("div", { class: "actions" }, remedy(incident, risk)));

function decide(incident, one, approved, button) {
  return attempt(async () => {
    const answer = await askReason({ title: t(approved ? "rep_yes_title" : "rep_no_title"), field: t("rep_who"), choices: choices("rep_clients"), ok: t(approved ? "rep_yes" : "rep_no") });
    if (!answer) return;
    await change(incident.id, `/v1/assignments/${one.id}/replacement/decision`, { approved, consent_of: answer.reason });
  }, button);
}

const waiting = (incident, one) =>
  h("div", { class: "notice warn duplicate", data: { testid: "replacement" } },
    h("p", {}, h("strong", {}, t("rep_waits", { old: one.unit_name, new: one.replacement.new_unit_id }))),
    h("p", {}, t("rep_told", { reason: one.replacement.reason, handover: one.replacement.handover })),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button", data: { key: "rep-no" }, on: { click: (event) => decide(incident, one, false, event.currentTarget) } }, t("rep_no")),
      h("button", { type: "button", class: "button primary", data: { key: "rep-yes", testid: "replacement-yes" }, on: { click: (event) => decide(incident, one, true, event.currentTarget) } }, t("rep_yes"))));

/** What endangers the promise of `incident`, and what waits for the client. */
export const risksCard = (incident) => [
  ...incident.risks.map((risk) => alarm(incident, risk)),
  ...incident.assignments.filter((one) => one.replacement).map((one) => waiting(incident, one)),
];

/** Call the next back-up: show whom and how, then record whether they answered. */
export function callBackup(incident, role, button) {
  return attempt(async () => {
    const [next] = await get(`/v1/backups?role=${role}`);
    if (!next) { toast(t("backup_none"), "error"); return; }
    const answer = await askReason({
      title: t("backup_title", { unit: next.unit_name, rank: next.rank }), note: t("backup_contacts", { how: next.contacts.join("、") || t("unknown") }),
      choices: choices("backup_why"), ok: t("backup_reached"), other: t("backup_unreached"),
    });
    if (!answer) return;
    await change(incident.id, `/v1/incidents/${incident.id}/backup`, { role, reached: !answer.other, reason: answer.reason });
    toast(t(answer.other ? "backup_next" : "backup_called", { unit: next.unit_name }), "ok");
  }, button);
}
