// What the caller wrote, kept in this tab until it is sent; in memory alone where the web view keeps nothing.

import { newKey } from "../key.js";

const NAME = "gz.report";

const empty = () => ({ key: newKey(), injured: null, place: "", point: null, text: "", plate: "", phone: "", drivable: null, tried: false });

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
    return found?.key ? { ...empty(), ...found } : null;
  } catch { return null; }
}

export const draft = kept() ?? empty();

/** Change the draft and keep it. */
export function write(changes) {
  Object.assign(draft, changes);
  try { sessionStorage.setItem(NAME, JSON.stringify(draft)); } catch { /* then it lives as long as the page */ }
}

/** It was sent: the next report is another. */
export function forget() {
  try { sessionStorage.removeItem(NAME); } catch { /* nothing was kept */ }
}

/** The draft as the service takes it. */
export function asReport() {
  const { place, text, plate, phone, injured, drivable, point } = draft;
  const at = point && { lon: point.lon, lat: point.lat, crs: "wgs84", accuracy_m: point.accuracy_m };
  return { place, text, plate, phone, injured, drivable, point: at };
}
