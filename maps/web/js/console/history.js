// The events of an incident in plain words.

import { h } from "../dom.js";
import { clock, duration, metres, minute, percent } from "../format.js";
import { label, t } from "../i18n.js";
import { FOLLOW_UP_SENTENCES } from "./follow_up_history.js";
import "./scene_words.js";

const LATER_S = 60; // as in dispatch.capture

/** "UnitOffered" and "unit_offered" are the same kind. */
const plain = (kind) => kind.replaceAll("_", "").toLowerCase();

const late = ({ captured_at }, at) => (Date.parse(at) - Date.parse(captured_at) > LATER_S * 1000 ? t("e_late", { at: minute(captured_at) }) : "");

/** Whether a metric, or the kind of day it begins with, is one without roads. */
const byLine = (metric) => (metric ?? "").startsWith("straight");

const waited = ({ provisional, waited_s }) => (provisional ? t("e_waited", { id: provisional, for: duration(waited_s) }) : "");

const SENTENCES = {
  incidentreported: (b) => t("e_reported", { channel: label("channel", b.channel), tier: (b.tiers?.length ? b.tiers : [b.tier]).map((one) => label("tier", one)).join("、") }) + waited(b),
  incidentlocated: (b) => t("e_located", { place: b.matched_text, match: label("match_code", b.match_code), radius: metres(b.uncertainty_m) }),
  commitmentmade: (b) => t("e_commitment", { zone: label("zone", b.zone), limit: Math.round(b.limit_s / 60), due: minute(b.due_at) }),
  unitoffered: (b, unit) => t(b.by === "simulated colleague" ? "e_offered_by_colleague" : "e_offered", { unit, eta: minute(b.eta_at), p: byLine(b.metric) ? t("straight_line") : percent(b.p_kept) })
    + (b.override_reason ? t("e_offered_why", { reason: b.override_reason }) : ""),
  assignmentaccepted: (b, unit) => t("e_accepted", { unit }),
  assignmentdeclined: (b, unit) => t("e_declined", { unit, reason: b.reason }),
  unitdeparted: (b, unit) => t("e_departed", { unit }),
  forecastrevised: (b, unit) => t("e_forecast", { unit, eta: minute(b.eta_at), p: byLine(b.forecast?.day_kind) ? t("straight_line") : percent(b.p_kept) }),
  arrivalclaimed: (b, unit) => t("e_claimed", { unit }),
  arrivalcontradicted: (b, unit) => t("e_contradicted", { unit, distance: metres(b.nearest_m) }),
  arrivalconfirmed: (b, unit) => t("e_confirmed", { unit, distance: metres(b.distance_m) }) + (b.unchecked?.includes("roads") ? t("e_unchecked_roads") : ""),
  assignmentreleased: (b, unit) => t("e_released", { unit, reason: b.reason }),
  unitcleared: (b, unit) => t(b.reason ? "e_cleared_why" : "e_cleared", { unit, reason: b.reason }),
  incidentclosed: (b) => {
    const why = b.code ? label("close_code", b.code) : b.reason;
    return t("e_closed", { reason: b.code && b.reason !== why ? `${why} · ${b.reason}` : why });
  },
  riskraised: (b) => t("e_risk", { risk: label("risk", b.risk) }),
  riskcleared: (b) => t("e_risk_over", { risk: label("risk", b.risk) }),
  incidentheld: (b) => t("e_held", { time: minute(b.until), why: [label("hold_reason", b.reason), b.note].filter(Boolean).join(" · ") }),
  holdended: (b) => t("e_hold_ended", { how: label("hold_end", b.how) }),
  incidentmerged: (b) => t("e_merged", { id: b.kept_id, reason: b.reason }),
  duplicatejoined: (b) => t("e_joined", { id: b.duplicate_id, reason: b.reason }),
  mergeundone: (b) => t("e_unmerged", { id: b.kept_id, reason: b.reason }),
  tierchanged: (b) => t("e_tier", { tiers: b.tiers.map((one) => label("tier", one)).join("、"), reason: b.reason }),
  needwaived: (b) => t("e_waived", { role: label("role", b.role), reason: b.reason }),
  hospitaltold: (b) => t("e_hospital_told", { name: b.words }),
  replacementlapsed: (b) => t("e_lapsed", { unit: b.new_unit_id, reason: b.reason }),
  hospitalnamed: (b) => t("e_hospital", { name: b.name }),
  remotesurveystarted: (b) => t("e_remote_started", { who: b.surveyor }) + (b.consent ? t("e_consent", { consent: b.consent }) : ""),
  remotesurveyended: (b) => t(b.completed ? "e_remote_completed" : "e_remote_failed", { note: b.note }),
  repairshopchosen: (b, unit) => t("e_shop", { unit, shop: b.shop.shop_name, eta: minute(b.eta_at) })
    + (b.override_reason ? t("e_offered_why", { reason: b.override_reason }) : ""),
  vehicledelivered: (b, unit) => t("e_delivered", { unit }),
  partnerengaged: (b) => t("e_partner", { city: b.city, partner: b.partner }),
  partnerreported: (b) => t("e_partner_told", { who: b.told_by, step: label("partner_step", b.step) }),
  ...FOLLOW_UP_SENTENCES,
  duplicateparted: (b) => t("e_parted", { id: b.duplicate_id, reason: b.reason }),
  phototaken: ({ photo }, unit, { n = 1, at }) => t(n > 1 ? "e_photos" : "e_photo", { n, source: t(`ph_by_${photo.source}`), kind: t(`ph_${photo.kind}`) }) + late(photo, at),
  scenesurveyed: ({ report, corrects }, unit, { at }) => t(corrects ? "e_corrected" : "e_surveyed", { decision: t(`sd_${report.decision}`) })
    + (report.loss_fen === null ? "" : t("e_form_loss", { loss: (report.loss_fen / 100).toFixed(2) })) + (report.injured ? t("e_form_injured", { n: report.injured }) : "") + late(report, at),
};

/** What to add to a step that a phone kept without signal; the same second thoughts as the audit has. */
function laterWords(captured) {
  if (!captured) return "";
  if (captured.doubt) return t("e_later_doubted", { at: clock(captured.claimed_at) });
  const delay_s = (Date.parse(captured.received_at) - Date.parse(captured.claimed_at)) / 1000;
  return delay_s > LATER_S ? t("e_later", { received: clock(captured.received_at) }) : "";
}

/** One event as a sentence; an unknown kind shows its own name. */
export function sentenceOf(event, incident) {
  const body = event.body ?? {};
  const unit = incident.assignments.find((one) => one.id === body.assignment_id || one.unit_id === body.unit_id)?.unit_name ?? body.unit_id ?? "";
  const say = SENTENCES[plain(event.kind)];
  return say ? say(body, unit, event) + laterWords(body.captured) : event.kind;
}

/** Forecasts come often; of several in a row the last says it all. */
function thinned(events) {
  const revised = (event) => event && plain(event.kind) === "forecastrevised";
  return events.filter((event, i) => !(revised(event) && revised(events[i + 1])));
}

const pictured = (event) => event && plain(event.kind) === "phototaken";

/** Photographs come by the dozen: of several in a row from one source the last stands for all, with their number. */
function gathered(events) {
  const list = [];
  for (const event of events) {
    const last = list.at(-1);
    const more = pictured(event) && pictured(last) && last.body.photo.source === event.body.photo.source;
    if (more) list[list.length - 1] = { ...event, n: (last.n ?? 1) + 1 };
    else list.push(event);
  }
  return list;
}

/** The list, newest first. @param {object[]|null} events null while they are being asked for */
export function historyList(events, incident) {
  if (!events) return h("p", { class: "muted" }, t("loading"));
  return h("ol", { class: "history", data: { testid: "history" } }, gathered(thinned(events)).reverse().map((event) =>
    h("li", {}, h("time", { class: "number muted", datetime: event.at }, clock(event.at)), h("span", {}, sentenceOf(event, incident)))));
}
