// Changing an incident: post, take what comes back; where somebody was quicker, fetch what is true now.

import { get, post } from "../api.js";
import { changed, takeIncident } from "./state.js";

let before = () => {};

/** Call `listener(id)` before an incident is changed: whatever is still being asked about it would be answered too late. */
export function beforeChange(listener) { before = listener; }

/** Fetch one incident anew; what cannot be had is left as it is. */
export async function refetch(id) {
  try { takeIncident(await get(`/v1/incidents/${id}`)); } catch { /* the stream will tell */ }
}

/**
 * Post to `path` and take the incident that comes back. What is refused because it is no longer so is fetched anew before the
 * error goes on, and advice on the screen is asked for again.
 *
 * @returns {Promise<object>} the incident
 */
export async function change(incidentId, path, body) {
  before(incidentId);
  try {
    const incident = await post(path, body);
    if (!takeIncident(incident)) changed("advice");
    return incident;
  } catch (error) {
    if (error.status === 409 || error.status === 404) await refetch(incidentId);
    changed("advice");
    throw error;
  }
}
