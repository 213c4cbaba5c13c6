// What a dispatcher does about units: assign, override, release, decline, reassign, place.

import { get } from "../api.js";
import { attempt, toast } from "../dom.js";
import { minutes, percent } from "../format.js";
import { t } from "../i18n.js";
import { change } from "./change.js";
import { openAssignments } from "./derive.js";
import { askReason } from "./dialogs.js";
import { askPoint } from "./pin.js";
import { sayWhoWon } from "./races.js";
import { selected, state } from "./state.js";

const choices = (key) => t(key).split("|");
const sending = new Set(); // a key pressed twice sends once

async function offer(incident, option, role, reason) {
  try {
    await change(incident.id, `/v1/incidents/${incident.id}/assignments`, { role, unit_id: option.unit_id, ...(reason ? { reason } : {}) });
    toast(t("assigned_toast", { unit: option.unit_name }), "ok");
  } catch (error) {
    if (error.status !== 409 || !(await sayWhoWon(incident.id, role, option))) throw error;
  }
}

/** Offer the job to `option`; any but the first of the advice needs a reason. */
export async function assign(incident, option, { advised, role, button }) {
  const key = `${incident.id} ${role}`;
  if (sending.has(key)) return;
  sending.add(key);
  await attempt(async () => {
    if (advised) { await offer(incident, option, role); return; }
    const answer = await askReason({ title: t("reason_assign", { unit: option.unit_name }), choices: choices("why_other"), ok: t("assign"), quick: true });
    if (answer) await offer(incident, option, role, answer.reason);
  }, button);
  sending.delete(key);
}

/** Ask why, then end one assignment by `verb`. */
function end(incident, assignment, button, verb, question, done) {
  return attempt(async () => {
    const answer = await askReason(question);
    if (!answer) return;
    await change(incident.id, `/v1/assignments/${assignment.id}/${verb}`, { reason: answer.reason });
    toast(t(done, { unit: assignment.unit_name }), "ok");
  }, button);
}

/** Free the unit of one assignment. */
export const release = (incident, assignment, button) => end(incident, assignment, button, "release", {
  title: t("reason_release", { unit: assignment.unit_name }), choices: choices("why_declared"), ok: t("release"), danger: true,
}, "released_toast");

/** Record that the unit refused by telephone: it is not offered this incident again. */
export const decline = (incident, assignment, button) => end(incident, assignment, button, "decline", {
  title: t("reason_decline", { unit: assignment.unit_name }), choices: choices("why_declined"), ok: t("decline"),
}, "declined_toast");

/** Free the unit and send another (`wish` first, when given), with one reason for both. */
export function reassign(incident, assignment, button, wish = null) {
  return attempt(async () => {
    const advice = await get(`/v1/incidents/${incident.id}/recommendation?role=${assignment.role}`);
    const options = advice.options.filter((one) => one.unit_id !== assignment.unit_id).sort((a, b) => (b.unit_id === wish) - (a.unit_id === wish));
    if (!options.length) { toast(t("nobody"), "error"); return; }
    const units = options.map((one) => ({
      value: one.unit_id, text: `${one.unit_name} · ${t("eta_min", { n: minutes(one.eta_s) })} · ${one.p_kept === null ? t("straight_line") : `${t("p_short")} ${percent(one.p_kept)}`}`,
    }));
    const answer = await askReason({
      title: t("reason_reassign", { unit: assignment.unit_name }), choices: choices("why_declared"), ok: t("reassign"), units,
    });
    if (!answer) return;
    await change(incident.id, `/v1/assignments/${assignment.id}/reassign`, { unit_id: answer.unitId, reason: answer.reason });
    toast(t("assigned_toast", { unit: options.find((one) => one.unit_id === answer.unitId).unit_name }), "ok");
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

/** The keys A and 2 to 6: offer to that rank of the advice for the selected incident. */
export function assignRank(advice, rank) {
  const incident = selected();
  const role = advice?.role ?? "surveyor";
  if (incident && openAssignments(incident).some((one) => one.role === role)) { toast(t("already_assigned")); return; }
  const option = advice?.incident_id === state.selectedId ? advice?.options[rank - 1] : null;
  if (!incident || !option) { toast(t(incident?.hold ? "held_cannot" : "cannot_assign")); return; }
  if (incident.hold) { toast(t("held_cannot")); return; }
  assign(incident, option, { advised: rank === 1, role });
}

/** The keys R, F and D: do `act` to the first open assignment of the selected incident, of `role` where it has one. */
export function withAssignment(act, role, fits = () => true) {
  const incident = selected();
  const open = incident ? openAssignments(incident).filter(fits) : [];
  const one = open.find((a) => a.role === role) ?? open[0];
  if (one) act(incident, one);
  else toast(t("no_assignment"));
}
