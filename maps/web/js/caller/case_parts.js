// How a case is drawn: what is happening now, and how far the claim is.

import { h } from "../dom.js";
import { dateTime, metres, minute, money } from "../format.js";
import { label, t } from "../i18n.js";
import { telephone } from "./door.js";

const yuan = (n) => t("cc_yuan", { n: money(n) });
const MINUTE_MS = 60_000;
/** The whole minute before (or after) a time, so that a range never looks narrower than it is. */
const floor = (at) => minute(Math.floor(Date.parse(at) / MINUTE_MS) * MINUTE_MS);
const ceil = (at) => minute(Math.ceil(Date.parse(at) / MINUTE_MS) * MINUTE_MS);

/** "10:05", or with its day where that is another. */
export function when(at, asOf) {
  return dateTime(at).slice(0, 10) === dateTime(asOf).slice(0, 10) ? minute(at) : dateTime(at);
}

function eta(one) {
  if (one.arrived_at) return h("p", { class: "ok" }, t("cc_arrived", { time: minute(one.arrived_at) }));
  if (!one.eta) return h("p", { class: "muted" }, t("cc_eta_none"));
  const to = ceil(one.eta.p90_at);
  return h("div", { class: "eta", data: { testid: "eta" } },
    h("p", { class: "label" }, t("cc_eta_label")),
    h("p", { class: "range number" }, t("cc_eta_range", { from: floor(one.eta.p10_at), to })),
    h("p", { class: "muted" }, t("cc_eta_sure", { mid: minute(one.eta.p50_at), to })));
}

const who = (one) => h("div", { class: "who", data: { testid: "coming", role: one.role } },
  h("p", {}, h("strong", {}, one.name === one.role_label ? label("role", one.role, one.role_label) : one.name),
    h("span", { class: "muted" }, ` ${[one.name === one.role_label ? "" : label("role", one.role, one.role_label), t("cc_number", { id: one.unit_number })].filter(Boolean).join(" · ")}`)),
  eta(one));

function partner(shown) {
  const one = shown.partner;
  const step = one.delivered_at ? ["cc_partner_done", one.delivered_at] : one.on_scene_at ? ["cc_partner_there", one.on_scene_at]
    : one.accepted_at ? ["cc_partner_accepted", one.accepted_at] : ["cc_partner_wait", null];
  return h("div", { class: "who" },
    h("p", {}, h("strong", {}, t("cc_partner_call", { name: one.name }))),
    h("p", {}, t(step[0], { time: minute(step[1]) })),
    h("a", { class: "button block", href: telephone(one.telephone) }, t("cr_call_number", { number: one.telephone })));
}

/** The promise, as long as nobody has come. */
function promise(shown) {
  if (!shown.due_at || shown.arrived_at || ["cancelled", "surveyed", "remote", "on_scene"].includes(shown.phase)) return null;
  const past = Date.parse(shown.due_at) < Date.parse(shown.as_of);
  return h("p", { class: past ? "notice warn" : "due", data: { testid: "due" } }, t(past ? "cc_due_past" : "cc_due", { time: when(shown.due_at, shown.as_of) }));
}

/** What is happening now. */
export function nowPart(shown) {
  const waits = ["waiting", "offered", "unlocated"].includes(shown.phase);
  return [
    shown.injured && waits ? h("p", { class: "notice danger" }, h("span", { class: "grow" }, t("cc_hurt")), h("a", { class: "button call", href: "tel:120" }, h("strong", {}, "120"))) : null,
    h("div", { class: `phase ${shown.phase}` },
      h("div", { class: "row" }, h("h2", { class: "grow", data: { testid: "phase", phase: shown.phase } }, t(`cc_p_${shown.phase}`, { city: shown.partner?.city ?? "" })),
        shown.simulated ? h("span", { class: "badge sim" }, t("simulated")) : null),
      shown.phase === "cancelled" ? h("p", { class: "muted" }, t("cc_p_cancelled_hint")) : null,
      shown.phase === "unlocated" ? h("p", {}, t("cc_unlocated_hint")) : null,
      shown.partner ? partner(shown) : null,
      shown.coming.map(who),
      waits ? h("p", { class: "muted" }, t("cc_no_eta")) : null,
      promise(shown)),
    shown.merged_into ? h("p", { class: "notice", data: { testid: "merged" } }, t("cc_merged", { id: shown.merged_into })) : null,
  ];
}

/** The place, in words. */
export function placeWords(shown) {
  const at = shown.place;
  if (!at) return h("p", { class: "warn" }, t("cc_place_none"));
  return h("p", {}, h("strong", {}, at.words), h("span", { class: "muted" }, ` ${[at.district, t("cc_within", { m: metres(at.uncertainty_m) })].filter(Boolean).join(" · ")}`));
}

function step(shown, one) {
  const done = one.at && (one.status === "done" || one.status === "refused" || one.status === "attention");
  const about = [done ? [one.status === "done" ? t("cc_st_done") : "", when(one.at, shown.as_of)].filter(Boolean).join(" ") : t(`cc_st_${one.status}`), one.amount_yuan === null ? "" : yuan(one.amount_yuan)].filter(Boolean).join(" · ");
  return h("li", { class: `step ${one.status}`, data: { testid: `step-${one.stage}`, status: one.status } },
    h("p", {}, h("strong", {}, t(`cc_s_${one.stage}`)), h("span", { class: "number muted" }, about)),
    one.status === "attention" || one.status === "refused" ? h("p", { class: one.status === "refused" ? "danger" : "warn" }, [t(`cc_st_${one.status}`), one.words].filter(Boolean).join(":")) : null);
}

/** How far the claim is. */
export function stepsPart(shown) {
  return [
    h("h2", {}, t("cc_steps")),
    h("ol", { class: "steps" }, shown.steps.map((one) => step(shown, one))),
    shown.result_told_at ? h("p", { class: "fine muted" }, t("cc_told", { time: when(shown.result_told_at, shown.as_of) })) : null,
  ];
}
