// The upper part of the detail: the clock, the words, the place, the promise, the assignments.

import { now_ms } from "../clock.js";
import { h, setText } from "../dom.js";
import { clock, countdown, duration, grade, metres, minute, percent } from "../format.js";
import { label, t } from "../i18n.js";
import { decline, moveTo, reassign, release } from "./actions.js";
import { arrivedAt, etaWords, openAssignments, placeOf, secondsLeft, urgency } from "./derive.js";
import { tierChips } from "./response.js";

/** The head: countdown, tier, status, place. */
export function headCard(incident, closePanel) {
  return [
    h("div", { class: "detail-top" },
      h("span", { class: "big-left number", data: { clock: "left" } }),
      h("span", { class: "muted", data: { clock: "word" } }),
      h("span", { class: "grow" }),
      tierChips(incident),
      h("span", { class: "chip", data: { testid: "incident-status", status: incident.status } }, label("incident_status", incident.status, incident.status_label)),
      h("button", { type: "button", class: "button quiet close", "aria-label": t("close"), data: { key: "close" }, on: { click: closePanel } }, "✕")),
    h("h2", { class: "detail-place" }, placeOf(incident) || t("place_unknown")),
    h("p", { class: "muted fine" }, [incident.id, incident.location?.district].filter(Boolean).join(" · "), " ",
      incident.simulated ? h("span", { class: "badge sim" }, t("simulated")) : null),
  ];
}

/** Tick the countdown in the head. */
export function tickHead(root, incident) {
  const left = root.querySelector("[data-clock=left]");
  if (!left) return;
  const now = now_ms();
  const left_s = secondsLeft(incident, now);
  const arrived = arrivedAt(incident);
  const spent_s = arrived && (Date.parse(arrived) - Date.parse(incident.commitment?.starts_at ?? incident.reported_at)) / 1000;
  setText(left, arrived ? duration(spent_s) : left_s === null ? t("clock_none") : countdown(left_s));
  left.dataset.urgency = incident.status === "closed" ? "" : urgency(incident, now);
  const hold = root.querySelector("[data-until]");
  if (hold) setText(hold, countdown((Date.parse(hold.dataset.until) - now) / 1000));
  setText(root.querySelector("[data-clock=word]"), arrived ? t("arrived_after") : left_s === null ? "" : t(left_s < 0 ? "overdue" : "left"));
}

function placeFacts(incident) {
  const at = incident.location;
  if (!at) return t("place_unknown");
  return [label("match_code", at.match_code), t("within", { radius: metres(at.uncertainty_m) }),
    t("confidence", { level: label("confidence", at.confidence) })].join(" · ");
}

function alternatives(incident) {
  const others = incident.location?.alternatives ?? [];
  if (!others.length || incident.status === "closed") return null;
  return h("div", { class: "alternatives" }, h("p", { class: "muted" }, t("perhaps_also")), h("ul", {}, others.slice(0, 4).map((place, i) =>
    h("li", { class: "row" }, h("span", { class: "grow ellipsis" }, [place.district, place.matched_text].filter(Boolean).join(" ")),
      h("button", { type: "button", class: "button", data: { key: `alternative-${i}` }, on: { click: (event) => moveTo(incident, place, event.currentTarget) } }, t("choose_here"))))));
}

/** What was said and promised. */
export function factsCard(incident) {
  const promise = incident.commitment;
  const facts = [
    [t("caller_said"), h("q", { class: "said" }, incident.text)],
    [t("reported"), `${clock(incident.reported_at)} · ${label("channel", incident.channel)}${incident.plate ? ` · ${incident.plate}` : ""}${incident.phone ? ` · ${incident.phone}` : ""}`],
    [t("location"), placeFacts(incident)],
    incident.question && incident.status !== "closed" ? [t("geo_ask"), h("strong", { data: { testid: "place-question" } }, incident.question)] : null,
    promise ? [t("limit"), h("span", {}, t("limit_until", { zone: label("zone", promise.zone, promise.zone_label), limit: Math.round(promise.limit_s / 60), due: minute(promise.due_at) }),
      " · ", h("span", { class: { kept: "ok", missed: "danger" }[promise.verdict] ?? "muted" }, label("verdict", promise.verdict, promise.verdict_label), promise.excluded ? `(${promise.excluded})` : ""))] : null,
  ].filter(Boolean);
  return [h("dl", { class: "facts" }, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])), alternatives(incident)];
}

function times(one) {
  const stamps = [["offered", one.offered_at], ["accepted", one.accepted_at], ["en_route", one.departed_at], ["on_scene", one.claimed_at], ["cleared", one.cleared_at]];
  return stamps.filter(([, at]) => at).map(([status, at]) => `${label("assignment_status", status)} ${minute(at)}`).join(" → ");
}

/** A step that a phone kept without signal and sent later, with whether its own time counts. */
const laterWords = (one) => t(one.doubt ? "later_doubted" : "later", {
  step: label("assignment_status", one.step), at: minute(one.claimed_at), received: minute(one.received_at), why: label("doubt", one.doubt, one.doubt_label),
});

function assignmentCard(incident, one) {
  const open = openAssignments(incident).includes(one);
  const forecast = open && one.status !== "on_scene";
  return h("li", { class: `assignment ${open ? "" : "over"}`, data: { testid: "assignment", status: one.status } },
    h("div", { class: "row" },
      h("strong", {}, one.unit_name), h("span", { class: "chip" }, label("role", one.role, one.role_label)),
      h("span", { class: "chip" }, label("assignment_status", one.status, one.status_label)), h("span", { class: "grow" }),
      forecast ? h("span", { class: "number" }, etaWords(one.eta_at, now_ms()), " · ", h("strong", { class: grade(one.p_kept) }, one.p_kept === null ? t("straight_line") : percent(one.p_kept))) : null),
    h("p", { class: "fine muted number" }, times(one),
      one.claimed_at ? ` · ${trackWords(one)}` : ""),
    one.sent_later?.length ? h("p", { class: "fine warn", data: { testid: "sent-later" } }, one.sent_later.map(laterWords).join(" · ")) : null,
    open && one.explanation ? h("p", { class: "fine" }, one.explanation) : null,
    one.override_reason ? h("p", { class: "fine warn" }, t("override", { reason: one.override_reason })) : null,
    one.ended_reason ? h("p", { class: "fine muted" }, t("ended", { reason: one.ended_reason })) : null,
    open ? h("div", { class: "actions" },
      one.status === "offered" ? h("button", { type: "button", class: "button", data: { testid: "decline-button", key: `decline-${one.id}` }, on: { click: (event) => decline(incident, one, event.currentTarget) } }, t("decline"), h("kbd", {}, "D")) : null,
      h("button", { type: "button", class: "button", data: { testid: "reassign-button", key: `reassign-${one.id}` }, on: { click: (event) => reassign(incident, one, event.currentTarget) } }, t("reassign"), h("kbd", {}, "R")),
      h("button", { type: "button", class: "button", data: { testid: "release-button", key: `release-${one.id}` }, on: { click: (event) => release(incident, one, event.currentTarget) } }, t("release"), h("kbd", {}, "F"))) : null);
}

/** Open assignments first, then those that ended. */
export function assignmentsCard(incident) {
  if (!incident.assignments.length) return [];
  const open = openAssignments(incident);
  const ordered = [...open, ...incident.assignments.filter((one) => !open.includes(one)).reverse()];
  return [h("h3", {}, t("assignments")), h("ul", { class: "assignments" }, ordered.map((one) => assignmentCard(incident, one)))];
}

function trackWords(one) {
  if (!one.confirmed_at) return t(one.contradicted_at ? "contradicted" : "unconfirmed");
  return one.track_arrived_at ? t("confirmed_at_by_track", { at: minute(one.track_arrived_at) }) : t("confirmed");
}
