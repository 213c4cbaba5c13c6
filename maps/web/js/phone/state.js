// What the page knows: who I am, my unit, the incidents I am bound to; kept on the phone for when there is no signal.

import { waiting } from "../outbox.js";
import { mine, projected, projectedUnit } from "./projected.js";
import { keep, known } from "./store.js";

export const my = {
  name: "", unitId: null, told: null, incidents: new Map(), day: [], schematic: false, link: "waiting", calm: false,
};

/** My unit as it will be once all is sent. */
export const unit = () => projectedUnit(my.told, waiting());

/** Incident and assignment I am at, as they will be once all is sent; null when I am free. */
export function current() {
  for (const known of my.incidents.values()) {
    const incident = projected(known, waiting());
    const assignment = mine(incident, my.unitId);
    if (assignment) return { incident, assignment };
  }
  return null;
}

/** Whether there is no word from the service now. */
export const isOffline = () => my.link === "lost" || navigator.onLine === false;

let saving = 0;

/** Keep what is known, soon. */
export function save() {
  clearTimeout(saving);
  saving = setTimeout(() => keep("page", {
    name: my.name, unitId: my.unitId, told: my.told, incidents: [...my.incidents.values()], day: my.day, schematic: my.schematic,
  }), 100);
}

/** Begin with what was kept. @returns {Promise<boolean>} whether there was anything */
export async function recall() {
  const page = await known("page");
  if (!page) return false;
  Object.assign(my, page, { incidents: new Map(page.incidents.map((incident) => [incident.id, incident])) });
  return true;
}

/** Forget the surveyor who was here before: another has signed in. */
export const reset = () => Object.assign(my, { told: null, incidents: new Map(), day: [] });
