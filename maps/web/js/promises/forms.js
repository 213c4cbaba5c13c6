// One step: a form, then the fact is recorded. The key makes a form that is sent twice count once.

import { post } from "../api.js";
import { askForm } from "../console/form_dialog.js";
import { attempt, toast } from "../dom.js";
import { t } from "../i18n.js";
import { newKey } from "../new_key.js";

const CONTACT_MEANS = ["telephone", "sms", "mail", "writing", "visit"];
const PROBLEMS = ["technical", "policy"];
const WANTED = ["legal_aid", "prepayment"];

/** A time of a form, in Guangzhou, as the service takes it; undefined where it was left out. */
const asMoment = (local) => (local ? `${local.length === 16 ? `${local}:00` : local}+08:00` : undefined);

const WHEN = () => ({ name: "at", label: t("pm_at"), type: "datetime-local" });
const means = (allowed, value) => ({ name: "means", label: t("pm_means"), choices: allowed.map((one) => [one, t(`pm_m_${one}`)]), value });
const text = (name, key, more = {}) => ({ name, label: t(key), maxlength: 500, ...more });

/** Ask, send, and call `done` with the answer. */
async function step({ title, note, fields, path, body = (answer) => answer, button, done }) {
  return attempt(async () => {
    const key = newKey();
    const answer = await askForm({ title, note, ok: t("pm_send"), fields });
    if (!answer) return;
    const sent = body({ ...answer, ...("at" in answer ? { at: asMoment(answer.at) } : {}) });
    await post(path, sent, { headers: { "Idempotency-Key": key } });
    toast(t("pm_recorded"), "ok");
    await done();
  }, button);
}

const reachedChoice = () => ({ name: "reached", label: t("pm_reached"), choices: [["yes", t("pm_reached_yes")], ["no", t("pm_reached_no")]] });

/** A call, letter or visit; `path` is that of a client or an incident. */
export const contact = (path, allowed, common) => step({
  ...common, path: `${path}/contacts`,
  fields: [means(allowed ?? CONTACT_MEANS, allowed?.[0]), reachedChoice(), text("person", "pm_person", { maxlength: 100 }), text("words", "pm_words"), WHEN()],
  body: (answer) => ({ ...answer, reached: answer.reached === "yes" }),
});

export const callback = (path, common) => step({
  ...common, path: `${path}/callback`, fields: [reachedChoice(), text("result", "pm_result", { required: true })],
  body: (answer) => ({ ...answer, reached: answer.reached === "yes" }),
});

export const claimTold = (path, allowed, common) => step({
  ...common, path: `${path}/claim/told`, fields: [means(allowed, allowed[0]), text("told_to", "pm_person", { maxlength: 100 }), WHEN()],
});

export const report = (path, common) => step({
  ...common, path: `${path}/reports`, fields: [means(CONTACT_MEANS, "mail"), text("words", "pm_words"), WHEN()],
});

export const solved = (path, common) => step({ ...common, path: `${path}/solved`, fields: [text("words", "pm_solution", { required: true }), WHEN()] });

export const solutionTold = (path, allowed, common) => step({
  ...common, path: `${path}/told`, fields: [means(allowed, allowed[0]), text("person", "pm_person", { maxlength: 100 }), WHEN()],
});

export const excuse = (path, promise, codes, number, common) => step({
  ...common, path: `${path}/excuses`, note: t("pm_excuse_note"),
  fields: [{ name: "code", label: t("pm_code"), choices: codes.map((one) => [one, t(`pm_x_${one}`)]) }, text("words", "pm_words", { required: true })],
  body: (answer) => ({ ...answer, promise, number }),
});

export const problem = (path, common) => step({
  ...common, path: `${path}/problems`,
  fields: [{ name: "problem", label: t("pm_problem_kind"), choices: PROBLEMS.map((one) => [one, t(`pm_p_${one}`)]) }, text("words", "pm_words", { required: true }), WHEN()],
});

export const wanted = (path, common) => step({
  ...common, path: `${path}/wanted`,
  fields: [{ name: "service", label: t("pm_problem_kind"), choices: WANTED.map((one) => [one, t(`pm_w_${one}`)]) }, text("words", "pm_words")],
});

export const end = (path, common) => step({ ...common, path: `${path}/end`, fields: [text("reason", "pm_end_reason", { required: true }), WHEN()] });

export const withdraw = (path, number, common) => step({
  ...common, path: `${path}/facts/${number}/withdraw`, fields: [text("words", "pm_withdraw_why", { required: true })],
});

export const newClient = (common) => step({
  ...common, path: "/v1/clients",
  fields: [
    text("organisation", "pm_organisation", { required: true, maxlength: 100 }),
    { name: "in_force_at", label: t("pm_in_force"), type: "date", required: true },
    ...[["contact", "pm_contact"], ["telephone", "pm_telephone"], ["policy_number", "pm_policy_number"]].map(([name, key]) => text(name, key, { maxlength: 100 }))],
  body: (answer) => ({ ...answer, in_force_at: `${answer.in_force_at}T00:00:00+08:00` }),
});
