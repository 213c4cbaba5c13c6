// Changing an incident: post, take what comes back; where somebody was quicker, fetch what is true now.

import { get, post } from "../api.js";
import { changed, takeIncident } from "./state.js";

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
  try {
    const incident = await post(path, body);
    takeIncident(incident);
    return incident;
  } catch (error) {
    if (error.status === 409 || error.status === 404) await refetch(incidentId);
    changed("advice");
    throw error;
  }
}
