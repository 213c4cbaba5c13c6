// What follows from the state: time left, who is on it, order of the queue, counts. Pure functions.

import { minute } from "../format.js";
import { t } from "../i18n.js";
import { once } from "../memo.js";

export const DUE_SOON_S = 600;
const URGENT_S = 300;
const OLD_FIX_S = 120;
const OPEN = new Set(["offered", "accepted", "en_route", "on_scene"]);

export const isOpen = (incident) => incident.status !== "closed";
export const openAssignments = (incident) => incident.assignments.filter((one) => OPEN.has(one.status));
const didNotEnd = (one) => one.status !== "declined" && one.status !== "released";

/** The assignment the commitment hangs on: the surveyor's, open before finished. */
export const leadAssignment = once((incident) => {
  const surveyors = incident.assignments.filter((one) => one.role === "surveyor" && didNotEnd(one));
  return surveyors.find((one) => OPEN.has(one.status)) ?? surveyors.at(-1) ?? openAssignments(incident)[0] ?? null;
});

/** When a surveyor said "on scene" first (ISO), or a partner in another city, or null while the clock runs. */
export const arrivedAt = once((incident) => {
  if (incident.partner?.on_scene_at) return incident.partner.on_scene_at;
  const claims = incident.assignments.filter((one) => one.role === "surveyor" && didNotEnd(one) && one.claimed_at);
  return claims.map((one) => one.claimed_at).sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
});

const dueAt_ms = once((incident) => Date.parse(incident.commitment?.due_at ?? incident.reported_at));

/** Seconds until the limit, negative when over; null without a commitment. Stops at arrival. */
export function secondsLeft(incident, now_ms) {
  if (!incident.commitment) return null;
  const until_ms = arrivedAt(incident) ? Date.parse(arrivedAt(incident)) : now_ms;
  return (dueAt_ms(incident) - until_ms) / 1000;
}

/** How pressing: "danger", "warn", "" (calm) or "done" (somebody has arrived). */
export function urgency(incident, now_ms) {
  const left_s = secondsLeft(incident, now_ms);
  if (left_s === null) return "danger";
  if (arrivedAt(incident)) return left_s < 0 ? "danger" : "done";
  if (left_s < URGENT_S) return "danger";
  return left_s < DUE_SOON_S ? "warn" : "";
}

/** "预计 20:23"; once that has passed "原预计 20:23", for it is no forecast any more. */
export const etaWords = (at, now) => t(Date.parse(at) < now ? "eta_past" : "eta_short", { time: minute(at) });

export const placeOf = (incident) => incident.location?.matched_text || incident.partner?.city || "";

const rank = (incident) => (incident.status === "unlocated" ? 0 : arrivedAt(incident) ? 2 : 1);

/** Unlocated first (nothing can run yet), then by time left, then those where somebody has arrived. */
export function byTimeLeft(a, b) {
  return rank(a) - rank(b) || dueAt_ms(a) - dueAt_ms(b) || (a.id < b.id ? -1 : 1);
}

const FILTERS = {
  all: () => true,
  todo: (incident) => incident.status === "unlocated" || incident.status === "waiting",
  held: (incident) => incident.hold !== null,
  going: (incident) => ["offered", "accepted", "en_route"].includes(incident.status),
  scene: (incident) => incident.status === "on_scene",
};

const searched = once((incident) => {
  const units = incident.assignments.map((one) => one.unit_name).join(" ");
  return `${incident.id} ${incident.text} ${incident.plate} ${incident.plate.replace(/[\s·.-]/g, "")} ${incident.phone} ${placeOf(incident)} ${incident.location?.district ?? ""} ${units}`.toLowerCase();
});

const mentions = (incident, words) => words.every((word) => searched(incident).includes(word));

/** The open incidents to show, in order. */
export function queueOf(state) {
  const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  return [...state.incidents.values()]
    .filter((incident) => isOpen(incident) && FILTERS[state.filter](incident) && mentions(incident, words))
    .sort(byTimeLeft);
}

/** How many open incidents each filter holds. */
export function filterCounts(state) {
  const open = [...state.incidents.values()].filter(isOpen);
  return Object.fromEntries(Object.entries(FILTERS).map(([name, test]) => [name, open.filter(test).length]));
}

/** Why the desk would not send a unit now, null where it would: what the service said of it, then its position (dispatch/candidates.py). */
export function refusedNow(unit, rules, now_ms) {
  if (unit.refused) return unit.refused;
  if (!unit.fix_at) return "no_position";
  if (unit.mocked) return "mocked_position";
  if (now_ms - Date.parse(unit.fix_at) > 1000 * rules.maxAge_s) return "stale_position";
  return unit.accuracy_m > rules.maxAccuracy_m ? "imprecise_position" : null;
}

const WAITING_ALL_THE_SAME = new Set(["stale_position", "no_position", "imprecise_position", "mocked_position", "shift_ending"]);

/** Units of a role on duty without a job: how many can be sent, and how many not by the reason (dispatch/free.py). */
export function freeUnits(units, role, rules, now_ms) {
  const found = { sendable: 0, others: {} };
  for (const unit of units) {
    if (unit.role !== role) continue;
    const reason = refusedNow(unit, rules, now_ms);
    if (!reason) found.sendable += 1;
    else if (WAITING_ALL_THE_SAME.has(reason)) found.others[reason] = (found.others[reason] ?? 0) + 1;
  }
  return found;
}

/** Figures for the header. */
export function countsOf(state, now_ms) {
  const open = [...state.incidents.values()].filter(isOpen);
  const count = (list, test) => list.reduce((sum, one) => sum + (test(one) ? 1 : 0), 0);
  return {
    open: open.length,
    waiting: count(open, FILTERS.todo),
    going: count(open, (incident) => incident.status === "en_route"),
    scene: count(open, FILTERS.scene),
    due: count(open, (one) => !arrivedAt(one) && one.commitment && secondsLeft(one, now_ms) < DUE_SOON_S),
    alarms: open.reduce((sum, one) => sum + one.risks.length, 0),
  };
}

export const anySimulated = (state) =>
  [...state.incidents.values()].some((one) => one.simulated) || [...state.units.values()].some((one) => one.simulated);

/** Seconds since the fix, null without one. */
export const fixAge_s = (unit, now_ms) => (unit.fix_at ? Math.max(0, (now_ms - Date.parse(unit.fix_at)) / 1000) : null);

/** What a unit looks like on the map: idle, going, scene, old or off. One that waits is old where the desk finds it so. */
export function unitTone(unit, rules, now_ms) {
  if (unit.status === "off_duty" || !unit.on_shift) return "off";
  if (fixAge_s(unit, now_ms) > (unit.status === "idle" ? rules.maxAge_s : OLD_FIX_S)) return "old";
  return { idle: "idle", on_scene: "scene" }[unit.status] ?? "going";
}

/** What an incident looks like on the map. */
export const incidentTone = (incident) =>
  ({ waiting: "waiting", unlocated: "waiting", on_scene: "scene", en_route: "going" })[incident.status] ?? "offered";
