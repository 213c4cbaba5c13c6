// What follows a report, in the detail: the caller's link and requests, the rating, the claim.

import { post } from "../api.js";
import { attempt, h, toast } from "../dom.js";
import { minute } from "../format.js";
import { now_ms } from "../clock.js";
import { t } from "../i18n.js";
import { moveTo, placeByHand } from "./actions.js";
import { change } from "./change.js";
import { claimPart } from "./claim.js";
import { askReason } from "./dialogs.js";
import "./follow_up_words.js";
import { showTexts } from "./form_dialog.js";

const button = (word, key, act, kind = "") =>
  h("button", { type: "button", class: `button small ${kind}`, data: { key, testid: key }, on: { click: (event) => act(event.currentTarget) } }, t(word));

async function tell(incident, path, body) {
  await change(incident.id, `/v1/incidents/${incident.id}/${path}`, body);
  toast(t("fu_call_recorded"), "ok");
}

const makeLink = (incident, node) => attempt(async () => {
  const made = await post(`/v1/incidents/${incident.id}/case-link`);
  showTexts({ title: t("fu_link_title"), note: t("fu_link_note"), texts: [[t("fu_link_url"), made.url], [t("fu_link_sms"), made.sms]] });
}, node);

const called = (incident, reached, node) => attempt(async () => {
  const choices = t(reached ? "fu_call_choices" : "fu_miss_choices").split("|");
  const answer = await askReason({ title: t("fu_call_title"), field: t("fu_call_result"), choices, ok: t(reached ? "fu_called" : "fu_missed") });
  if (answer) await tell(incident, "callback", { reached, result: answer.reason });
}, node);

const settle = (incident, node) => attempt(async () => {
  const answer = await askReason({ title: t("fu_doubt_title"), field: t("fu_doubt_answer"), choices: t("fu_doubt_choices").split("|"), ok: t("confirm") });
  if (answer) await tell(incident, "doubt", { answer: answer.reason });
}, node);

function callback(incident, one) {
  const tries = one.tries.map((was) => h("p", { class: "fine muted" }, t(was.reached ? "fu_call_done" : "fu_call_try", { time: minute(was.at), result: was.result })));
  if (one.done_at) return tries;
  const over = Date.parse(one.due_at) < now_ms();
  return h("div", { class: `notice ${over ? "danger" : "warn"} duplicate`, data: { testid: "callback" } },
    h("p", { class: "row" }, h("strong", { class: "grow" }, t("fu_callback_waits", { reason: one.reason })), one.phone ? h("a", { class: "number", href: `tel:${one.phone}` }, one.phone) : null),
    h("p", {}, t(over ? "fu_callback_over" : "fu_callback_due", { time: minute(one.due_at) })), tries,
    h("div", { class: "actions" }, button("fu_missed", "callback-missed", (node) => called(incident, false, node)), button("fu_called", "callback-done", (node) => called(incident, true, node), "primary")));
}

function doubt(incident, one) {
  if (!one) return null;
  const text = `${one.text}${one.lon === null ? "" : t("fu_doubt_point")}`;
  if (!one.open) return h("p", { class: "fine muted" }, t("fu_doubt", { text }), one.answer ? ` · ${t("fu_doubt_settled", { answer: one.answer })}` : "");
  const over = incident.status === "closed";
  return h("div", { class: "notice warn duplicate", data: { testid: "doubt" } },
    h("p", {}, h("strong", {}, t("fu_doubt", { text }))),
    h("div", { class: "actions" },
      button("fu_doubt_keep", "doubt-keep", (node) => settle(incident, node)),
      over ? null : one.lon === null ? button("fu_doubt_pin", "doubt-pin", (node) => placeByHand(incident, node), "primary")
        : button("fu_doubt_move", "doubt-move", (node) => moveTo(incident, { lon: one.lon, lat: one.lat }, node), "primary")));
}

const rating = (one) => (one ? h("p", { data: { testid: "rating" } }, t("fu_rated", { stars: `${"★".repeat(one.stars)}${"☆".repeat(5 - one.stars)}` }), one.words ? h("q", { class: "said" }, one.words) : null) : null);

/** The card of what follows a report. */
export function followUpCard(incident) {
  const told = incident.follow_up;
  if (!told) return [];
  return [
    h("div", { class: "section-head" }, h("h3", {}, t("fu_title")), button("fu_link", "case-link", (node) => makeLink(incident, node), "quiet")),
    doubt(incident, told.doubt),
    told.callbacks.map((one) => callback(incident, one)),
    rating(told.rating),
    claimPart(incident),
  ];
}
