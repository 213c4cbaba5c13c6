// Two operators, one unit: who was second hears at once who was first, and sees who is best now.

import { get } from "../api.js";
import { toast } from "../dom.js";
import { t } from "../i18n.js";
import { openAssignments, placeOf } from "./derive.js";
import { state, takeIncident } from "./state.js";

/** A user's name; what the desk does by itself is called so. */
export const whoWords = (by) => ({ desk: t("by_desk"), simulation: t("by_simulation"), "simulated colleague": t("by_colleague") })[by] ?? by;

/** Say who was quicker with this job or this unit; false where nobody was and the refusal has another reason. */
export async function sayWhoWon(incidentId, role, option) {
  const incident = state.incidents.get(incidentId);
  const served = incident && openAssignments(incident).find((one) => one.role === role);
  if (served) {
    toast(t("race_served", { who: whoWords(served.offered_by), unit: served.unit_name }));
    return true;
  }
  const unit = await get(`/v1/units/${encodeURIComponent(option.unit_id)}`);
  if (!unit.incident_id) return false;
  const other = await get(`/v1/incidents/${unit.incident_id}`);
  takeIncident(other);
  const job = other.assignments.find((one) => one.id === unit.assignment_id);
  toast(t("race_taken", { who: whoWords(job?.offered_by), unit: option.unit_name, place: placeOf(other) || other.id }));
  return true;
}
