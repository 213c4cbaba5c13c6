// Holding an incident back, sending again, and closing or cancelling it: each with a code from a list.

import { attempt, h, toast } from "../dom.js";
import { now_ms } from "../clock.js";
import { countdown, minute } from "../format.js";
import { label, t } from "../i18n.js";
import { askCode } from "./code_dialog.js";
import { change } from "./change.js";
import { openAssignments } from "./derive.js";
import { whoWords } from "./races.js";
import { selected } from "./state.js";

const HOLD_REASONS = ["caller_asked", "police_first", "road_closed", "details_missing", "other"];
const HOLD_MINUTES = [15, 30, 60, 120, 240];
const CLOSE_CODES = ["done", "withdrawn", "false_report", "duplicate", "mistake", "other"];

function radios(name, legend, answers, chosen) {
  return h("fieldset", { class: "field" }, h("legend", {}, legend), h("div", { class: "segmented" }, answers.map(([value, text]) =>
    h("label", {}, h("input", { type: "radio", name, value, checked: value === chosen }), h("span", {}, text)))));
}

/** Ask why and how long, then hold the incident back. */
export function hold(incident, button) {
  return attempt(async () => {
    if (openAssignments(incident).length) { toast(t("hold_release_first")); return; }
    const events = ["", ...(incident.location ? [] : ["located"]), "called_back"];
    const answer = await askCode({
      title: t("hold_title"), note: t("hold_note"), ok: t("hold"), codes: HOLD_REASONS.map((one) => [one, label("hold_reason", one)]),
      extra: [
        radios("minutes", t("hold_minutes"), HOLD_MINUTES.map((n) => [String(n), String(n)]), "30"),
        radios("ends_on", t("hold_or_when"), events.map((one) => [one, one ? label("hold_event", one) : t("hold_time_only")]), ""),
      ],
    });
    if (!answer) return;
    const until = new Date(now_ms() + Number(answer.minutes) * 60_000).toISOString();
    await change(incident.id, `/v1/incidents/${incident.id}/hold`, { reason: answer.code, until, ends_on: answer.ends_on || null, note: answer.note });
    toast(t("hold_toast", { time: minute(until) }), "ok");
  }, button);
}

/** Let somebody be sent again. */
export function resume(incident, button) {
  return attempt(async () => {
    const how = incident.hold?.ends_on === "called_back" ? "called_back" : "called_off";
    await change(incident.id, `/v1/incidents/${incident.id}/hold/end`, { how });
    toast(t("resume_toast"), "ok");
  }, button);
}

/** The key H: hold back, or send again. */
export function holdOrResume() {
  const incident = selected();
  if (!incident || incident.status === "closed") return;
  (incident.hold ? resume : hold)(incident);
}

/** End the incident, or call it off; the service frees units still bound to it and tells them why. */
export function close(incident, button) {
  if (!incident || incident.status === "closed") return undefined;
  return attempt(async () => {
    const bound = openAssignments(incident);
    const answer = await askCode({
      title: t("close_title"), note: bound.length ? t("close_frees", { units: bound.map((one) => one.unit_name).join("、") }) : "",
      codes: CLOSE_CODES.map((one) => [one, label("close_code", one)]), ok: t("close_incident"), danger: true,
    });
    if (!answer) return;
    await change(incident.id, `/v1/incidents/${incident.id}/close`, { code: answer.code, reason: answer.note });
    toast(t("closed_toast", { why: label("close_code", answer.code) }), "ok");
  }, button);
}

/** Why and how long it is held, with the way back; or why it was closed. */
export function endsCard(incident) {
  if (incident.closed) {
    const { code, code_label: sent, reason, by } = incident.closed;
    const words = code ? label("close_code", code, sent) : reason;
    const more = code && reason !== sent ? reason : "";
    return [h("p", { class: "notice", data: { testid: "closed-card" } }, h("strong", {}, t(incident.closed.cancelled ? "cancelled_as" : "closed_as", { why: words })), more ? `:${more}` : "",
      h("span", { class: "muted" }, ` · ${whoWords(by)} ${minute(incident.closed_at)}`))];
  }
  const held = incident.hold;
  if (!held) return [];
  const when = held.ends_on ? t("hold_until_or", { time: minute(held.until), event: label("hold_event", held.ends_on, held.ends_on_label) }) : t("hold_until", { time: minute(held.until) });
  return [h("div", { class: "notice warn duplicate", data: { testid: "hold-card" } },
    h("p", {}, h("strong", {}, when), " · ", h("span", { class: "number", data: { until: held.until } }, countdown((Date.parse(held.until) - now_ms()) / 1000))),
    h("p", {}, [label("hold_reason", held.reason, held.reason_label), held.note, whoWords(held.by)].filter(Boolean).join(" · ")),
    h("p", { class: "fine" }, t("hold_clock_runs")),
    h("div", { class: "actions" }, h("button", {
      type: "button", class: "button primary", data: { testid: "resume", key: "resume" }, on: { click: (event) => resume(incident, event.currentTarget) },
    }, t(held.ends_on === "called_back" ? "resume_called_back" : "resume"), h("kbd", {}, "H"))))];
}
