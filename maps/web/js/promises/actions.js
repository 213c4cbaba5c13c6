// What can be done about a promise that is due, by the fact it still lacks.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import * as forms from "./forms.js";

/** Where facts about a promise are recorded, and the number of the problem where it is about one. */
export function placeOf(promise) {
  if (promise.about === "incident") return { path: `/v1/incidents/${promise.subject}`, number: 0 };
  if (promise.about === "client") return { path: `/v1/clients/${promise.subject}`, number: 0 };
  const [, id, number] = promise.subject.split("/");
  return { path: `/v1/clients/${id}`, problem: `/v1/clients/${id}/problems/${number}`, number: Number(number), id };
}

const FORMS = {
  caller_contacted: ["pm_do_contact", (place, means, common) => forms.contact(place.path, means, common)],
  client_contacted: ["pm_do_contact", (place, means, common) => forms.contact(place.path, means, common)],
  callback_answered: ["pm_do_callback", (place, means, common) => forms.callback(place.path, common)],
  client_told: ["pm_do_told", (place, means, common) => forms.claimTold(place.path, means, common)],
  report_delivered: ["pm_do_report", (place, means, common) => forms.report(place.path, common)],
  problem_solved: ["pm_do_solved", (place, means, common) => forms.solved(place.problem, common)],
  solution_told: ["pm_do_told", (place, means, common) => forms.solutionTold(place.problem, means, common)],
};
const HINTS = { backup_named: "pm_do_backups", partner_told: "pm_do_partner" };

function button(key, testid, run) {
  return h("button", { type: "button", class: "button small", data: { testid }, on: { click: (event) => run(event.currentTarget) } }, key);
}

/** Buttons for what is missing; of several facts any of which will do, the first that a form can record. */
export function actionsOf(promise, name, done) {
  const place = promise.about === "house" ? null : placeOf(promise);
  const known = promise.wanting.filter((one) => FORMS[one.kind]);
  const wanted = promise.any_of ? known.slice(0, 1) : known;
  const steps = wanted.map((one) => {
    const [key, run] = FORMS[one.kind];
    const means = one.traits.means;
    const text = means ? `${t(key)} · ${means.map((each) => t(`pm_m_${each}`)).join("/")}` : t(key);
    return button(text, `do-${promise.promise}`, (pressed) => run(place, means, { title: name, button: pressed, done }));
  });
  const hint = steps.length ? null : promise.wanting.map((one) => HINTS[one.kind]).find(Boolean);
  if (hint) steps.push(h("span", { class: "muted small" }, t(hint)));
  if (place && promise.excuses.length && promise.verdict === "open") {
    steps.push(h("button", {
      type: "button", class: "button quiet small", data: { testid: `excuse-${promise.promise}` },
      on: { click: (event) => forms.excuse(place.path, promise.promise, promise.excuses, place.number, { title: `${t("pm_do_excuse")} ${name}`, button: event.currentTarget, done }) },
    }, t("pm_do_excuse")));
  }
  return steps;
}
