// The steps of a claim: what was told, and a form for the next.

import { attempt, h, toast } from "../dom.js";
import { dateTime, money } from "../format.js";
import { t } from "../i18n.js";
import { change } from "./change.js";
import { askForm } from "./form_dialog.js";

const OPINIONS = ["approved", "questions", "rejected"];
const MEANS = ["telephone", "sms", "mail", "writing"];
const LATE_MS = 120_000; // told so long after it was done: worth saying

const words = (kind, values) => values.map((one) => [one, t(`fu_${kind}_${one}`)]);
const amount = (fact) => ({ name: "amount_yuan", label: t("fu_amount"), type: "number", step: "0.01", min: "0", required: true, value: String(fact?.amount_yuan ?? "") });
const FIELDS = {
  assessed: (fact) => [amount(fact), { name: "note", label: t("fu_note"), maxlength: 500, value: fact?.words }],
  reviewed: (fact) => [
    { name: "opinion", label: t("fu_opinion"), choices: words("o", OPINIONS), value: fact?.opinion },
    { name: "note", label: t("fu_note_client"), maxlength: 500, value: fact?.words }],
  paid: (fact) => [amount(fact)],
  refused: (fact) => [{ name: "reason", label: t("fu_reason_client"), maxlength: 500, required: true, value: fact?.words }],
  told: (fact) => [
    { name: "means", label: t("fu_means"), choices: words("m", MEANS), value: fact?.means },
    { name: "told_to", label: t("fu_told_to"), maxlength: 100, value: fact?.words }],
};

/** A time of a form, in Guangzhou, as the service takes it. */
const asMoment = (local) => (local ? `${local.length === 16 ? `${local}:00` : local}+08:00` : undefined);

function record(incident, step, button, fact = null) {
  return attempt(async () => {
    const common = [{ name: "at", label: t(fact ? "fu_at_same" : "fu_at"), type: "datetime-local" }];
    if (fact) common.push({ name: "corrects", label: t("fu_corrects"), required: true, maxlength: 500 });
    const answer = await askForm({ title: t(fact ? "fu_correct_title" : "fu_record", { step: t(`fu_${step}`) }), ok: t("fu_send"), fields: [...FIELDS[step](fact), ...common] });
    if (!answer) return;
    const body = { ...answer, at: asMoment(answer.at) ?? (fact ? fact.at : undefined) };
    if ("amount_yuan" in body) body.amount_yuan = Number(body.amount_yuan);
    await change(incident.id, `/v1/incidents/${incident.id}/claim/${step}`, body);
    toast(t("fu_toast"), "ok");
  }, button);
}

function said(fact) {
  return [fact.amount_yuan == null ? "" : t("fu_yuan", { n: money(fact.amount_yuan) }), fact.opinion ? t(`fu_o_${fact.opinion}`) : "", fact.means ? t(`fu_m_${fact.means}`) : "", fact.words].filter(Boolean).join(" · ");
}

function row(incident, fact, last) {
  const late = Date.parse(fact.recorded_at) - Date.parse(fact.at) > LATE_MS;
  return h("li", { data: { testid: "claim-fact", step: fact.step } },
    h("div", { class: "row" }, h("strong", {}, t(`fu_${fact.step}`)), h("span", { class: "grow" }, said(fact)),
      last ? h("button", { type: "button", class: "button quiet small", data: { key: `correct-${fact.step}`, testid: `correct-${fact.step}` }, on: { click: (event) => record(incident, fact.step, event.currentTarget, fact) } }, t("fu_correct")) : null),
    h("p", { class: "fine muted number" }, [dateTime(fact.at), fact.by, late ? t("fu_late_told", { time: dateTime(fact.recorded_at) }) : "", fact.corrects ? t("fu_corrected", { reason: fact.corrects }) : ""].filter(Boolean).join(" · ")));
}

/** The claim of an incident. */
export function claimPart(incident) {
  const { claim, next_steps: next } = incident.follow_up;
  const decided = claim.some((one) => one.step === "paid" || one.step === "refused");
  const last = (fact, i) => (fact.step !== "reviewed" || !decided) && !claim.slice(i + 1).some((one) => one.step === fact.step && one.means === fact.means);
  return [
    h("h3", {}, t("fu_claim")),
    claim.length ? h("ul", { class: "claim-facts" }, claim.map((fact, i) => row(incident, fact, last(fact, i)))) : null,
    next.length ? h("div", { class: "row wrap" }, next.map((step) =>
      h("button", { type: "button", class: "button small", data: { key: `claim-${step}`, testid: `claim-${step}` }, on: { click: (event) => record(incident, step, event.currentTarget) } }, t("fu_record", { step: t(`fu_${step}`) }))))
      : claim.length ? null : h("p", { class: "fine muted" }, t("fu_claim_none")),
  ];
}
