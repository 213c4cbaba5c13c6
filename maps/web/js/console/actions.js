// What a dispatcher does. Every answer is an incident, which goes straight into the state.

import { get, post } from "../api.js";
import { attempt, toast } from "../dom.js";
import { minutes, percent } from "../format.js";
import { t } from "../i18n.js";
import { openAssignments } from "./derive.js";
import { askReason } from "./dialogs.js";
import { askPoint } from "./pin.js";
import { changed, selected, state, takeIncident } from "./state.js";

const choices = (key) => t(key).split("|");

/** Post, take the incident that comes back; after a conflict fetch what is true now. */
async function change(incidentId, path, body) {
  try {
    const incident = await post(path, body);
    takeIncident(incident);
    return incident;
  } catch (error) {
    if (error.status === 409 || error.status === 404) refetch(incidentId);
    changed("advice"); // what was on the screen is out of date
    throw error;
  }
}

/** Fetch one incident anew; what cannot be had is left as it is. */
export async function refetch(id) {
  try { takeIncident(await get(`/v1/incidents/${id}`)); } catch { /* the stream will tell */ }
}

/** Offer the job to `option`; any but the first of the advice needs a reason. */
export function assign(incident, option, { advised, role, button }) {
  return attempt(async () => {
    const body = { role };
    if (!advised) {
      const answer = await askReason({ title: t("reason_assign"), choices: choices("why_other"), ok: t("assign") });
      if (!answer) return;
      Object.assign(body, { unit_id: option.unit_id, reason: answer.reason });
    } else body.unit_id = option.unit_id;
    await change(incident.id, `/v1/incidents/${incident.id}/assignments`, body);
    toast(t("assigned_toast", { unit: option.unit_name }), "ok");
  }, button);
}

/** Free the unit of one assignment. */
export function release(incident, assignment, button) {
  return attempt(async () => {
    const answer = await askReason({
      title: t("reason_release", { unit: assignment.unit_name }), choices: choices("why_declared"), ok: t("release"), danger: true,
    });
    if (!answer) return;
    await change(incident.id, `/v1/assignments/${assignment.id}/release`, { reason: answer.reason });
    toast(t("released_toast", { unit: assignment.unit_name }), "ok");
  }, button);
}

/** Free the unit and send another (`wish` first, when given), with one reason for both. */
export function reassign(incident, assignment, button, wish = null) {
  return attempt(async () => {
    const advice = await get(`/v1/incidents/${incident.id}/recommendation?role=${assignment.role}`);
    const options = advice.options.filter((one) => one.unit_id !== assignment.unit_id).sort((a, b) => (b.unit_id === wish) - (a.unit_id === wish));
    if (!options.length) { toast(t("nobody"), "error"); return; }
    const units = options.map((one) => ({
      value: one.unit_id, text: `${one.unit_name} · ${t("eta_min", { n: minutes(one.eta_s) })} · ${t("p_short")} ${percent(one.p_kept)}`,
    }));
    const answer = await askReason({
      title: t("reason_reassign", { unit: assignment.unit_name }), choices: choices("why_declared"), ok: t("reassign"), units,
    });
    if (!answer) return;
    await change(incident.id, `/v1/assignments/${assignment.id}/reassign`, { unit_id: answer.unitId, reason: answer.reason });
    toast(t("assigned_toast", { unit: options.find((one) => one.unit_id === answer.unitId).unit_name }), "ok");
  }, button);
}

/** End the incident; the service frees units still bound to it, for the same reason. */
export function close(incident, button) {
  return attempt(async () => {
    const bound = openAssignments(incident);
    const title = bound.length ? t("reason_close_release", { units: bound.map((one) => one.unit_name).join("、") }) : t("reason_close");
    const answer = await askReason({ title, choices: choices("why_close"), ok: t("close_incident"), danger: true });
    if (!answer) return;
    await change(incident.id, `/v1/incidents/${incident.id}/close`, { reason: answer.reason });
    toast(t("closed_toast"), "ok");
  }, button);
}

/** Put the incident at a point the service is given as it is (WGS-84). */
export function moveTo(incident, point, button) {
  return attempt(async () => {
    await change(incident.id, `/v1/incidents/${incident.id}/location`, { lon: point.lon, lat: point.lat });
    toast(t("located_toast"), "ok");
  }, button);
}

/** Ask for a point on the map and move the incident there. */
export async function placeByHand(incident, button) {
  document.body.dataset.view = "map";
  const point = await askPoint(incident.location);
  document.body.dataset.view = "side";
  if (point) await moveTo(incident, point, button);
}

/** The key A: offer to the first advice of the selected incident. */
export function assignFirst(advice) {
  const incident = selected();
  const busy = Boolean(incident) && openAssignments(incident).some((one) => one.role === (advice?.role ?? "surveyor"));
  if (!incident || advice?.incident_id !== state.selectedId || !advice.options.length) { toast(t(busy ? "already_assigned" : "cannot_assign")); return; }
  if (busy) { toast(t("already_assigned")); return; }
  assign(incident, advice.options[0], { advised: true, role: advice.role });
}
