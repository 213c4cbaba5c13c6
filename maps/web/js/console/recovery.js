// Where a vehicle that cannot drive goes: tow, shop and both legs; and partners in other cities.

import { get } from "../api.js";
import { now_ms } from "../clock.js";
import { attempt, h, toast } from "../dom.js";
import { minute, minutes } from "../format.js";
import { label, language, t } from "../i18n.js";
import { change } from "./change.js";
import { openAssignments } from "./derive.js";
import { askReason } from "./dialogs.js";
import "../recovery_words.js";

const STEPS = [["accepted", "accepted_at"], ["on_scene", "on_scene_at"], ["delivered", "delivered_at"]];
const choices = (key) => t(key).split("|");
const kindOf = (shop) => t(shop.designated ? "rc_designated" : "rc_other");
const towOf = (incident) => openAssignments(incident).find((one) => one.role === "tow_unit");

const changeIt = (incident, path, body) => change(incident.id, `/v1/incidents/${incident.id}/${path}`, body);

/** The advice, and how many shops cannot take the vehicle for which reason. */
function noteOf(plan) {
  const counts = new Map();
  for (const one of plan.refused) counts.set(one.reason, { words: label("shop_refusal", one.reason, one.reason_label), n: (counts.get(one.reason)?.n ?? 0) + 1 });
  const refused = [...counts.values()].map(({ words, n }) => `${words} ${n}`).join(" · ");
  const advice = language() === "en" ? `${plan.explanation_in_english} ${t("rc_change_note")}` : plan.explanation;
  return refused ? `${advice} ${t("rc_refused", { reasons: refused })}` : advice;
}

/** Ask which shop, with the plan as it is now, and why. */
function changeShop(incident, button) {
  return attempt(async () => {
    const plan = await get(`/v1/incidents/${incident.id}/recovery`);
    if (!plan.options.length) { toast(language() === "en" ? plan.explanation_in_english : plan.explanation, "error"); return; }
    const options = plan.options.map((one) => ({
      value: one.shop_id, text: t("rc_option", { shop: one.shop_name, kind: kindOf(one), n: minutes(one.arrive_s) }),
    }));
    const answer = await askReason({
      title: t("rc_change_title"), note: noteOf(plan), choices: choices("rc_why"),
      ok: t("rc_change"), units: options, unitLabel: t("rc_shop"),
    });
    if (!answer) return;
    await changeIt(incident, "recovery/shop", { shop_id: answer.unitId, reason: answer.reason });
    toast(t("rc_changed", { shop: plan.options.find((one) => one.shop_id === answer.unitId).shop_name }), "ok");
  }, button);
}

function legs(chosen) {
  const parts = { scene: minutes(chosen.to_scene_s), load: minutes(chosen.loading_s), leg: minutes(chosen.shop.leg_s) };
  return t(chosen.to_scene_s > 0 ? "rc_legs" : "rc_legs_there", parts);
}

function shopCard(incident) {
  const chosen = incident.shop;
  const tow = towOf(incident);
  if (!chosen && !tow) return null;
  const button = tow && h("button", {
    type: "button", class: "button", data: { testid: "change-shop", key: "change-shop" }, on: { click: (event) => changeShop(incident, event.currentTarget) },
  }, t("rc_change"));
  if (!chosen) return h("div", { class: "assignment", data: { testid: "recovery" } }, h("p", { class: "warn" }, t("rc_none")), h("div", { class: "actions" }, button));
  const unit = incident.assignments.find((one) => one.id === chosen.assignment_id)?.unit_name ?? chosen.unit_id;
  return h("div", { class: "assignment", data: { testid: "recovery", shop: chosen.shop.shop_id } },
    h("div", { class: "row wrap" },
      h("strong", {}, t("rc_to", { unit, shop: chosen.shop.shop_name })), h("span", { class: "chip" }, kindOf(chosen.shop)),
      chosen.shop.simulated ? h("span", { class: "badge sim" }, t("simulated")) : null),
    h("p", { class: "number" }, chosen.delivered_at ? t("rc_delivered", { time: minute(chosen.delivered_at) }) : t("rc_eta", { time: minute(chosen.eta_at) })),
    h("p", { class: "fine muted number" }, [legs(chosen), chosen.make && t("rc_make", { make: chosen.make })].filter(Boolean).join(" · ")),
    chosen.override_reason ? h("p", { class: "fine warn" }, t("override", { reason: chosen.override_reason })) : null,
    button ? h("div", { class: "actions" }, button) : null);
}

/** Ask who told it, and record the step. */
function told(incident, step, button) {
  return attempt(async () => {
    const words = label("partner_step", step);
    const answer = await askReason({ title: t("pt_told_title", { step: words }), choices: choices("pt_told_choices"), ok: t("confirm"), field: t("pt_told_by") });
    if (!answer) return;
    await changeIt(incident, "partner/reports", { step, told_by: answer.reason.slice(0, 60) });
    toast(t("pt_told", { step: words }), "ok");
  }, button);
}

function partnerCard(incident) {
  const partner = incident.partner;
  if (!partner) return null;
  const late = !partner.accepted_at && Date.parse(partner.contact_due_at) < now_ms();
  const next = incident.status === "closed" ? [] : STEPS.slice(STEPS.findLastIndex(([, time]) => partner[time]) + 1);
  return h("div", { class: "assignment", data: { testid: "partner" } },
    h("div", { class: "row wrap" }, h("strong", {}, `${partner.city} · ${partner.name}`),
      h("a", { class: "button", href: `tel:${partner.telephone}` }, t("pt_call", { phone: partner.telephone }))),
    h("p", { class: "number" }, h("span", { class: late ? "danger" : "" }, t("pt_contact", { time: minute(partner.contact_due_at) })), " · ", t("pt_scene", { time: minute(partner.on_scene_due_at) })),
    h("p", { class: "fine muted number" }, STEPS.filter(([, time]) => partner[time]).map(([step, time]) => `${label("partner_step", step)} ${minute(partner[time])}`).join(" → "),
      partner.told_by ? ` · ${partner.told_by}` : ""),
    next.length ? h("div", { class: "actions" }, next.map(([step]) => h("button", {
      type: "button", class: "button", data: { testid: `partner-${step}`, key: `partner-${step}` }, on: { click: (event) => told(incident, step, event.currentTarget) },
    }, label("partner_step", step)))) : null);
}

/** Tow and shop, or the partner; nothing where neither is needed. */
export function recoveryCard(incident) {
  const cards = [[t("pt_title"), partnerCard(incident)], [t("rc_title"), shopCard(incident)]];
  return cards.filter(([, card]) => card).flatMap(([title, card]) => [h("h3", {}, title), card]);
}
