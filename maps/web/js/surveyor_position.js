// The phone's position: watched while on duty, sent every 5 s; what could not be sent is kept and goes with the next.

import { post } from "./api.js";

const SEND_EVERY_MS = 5000;
const ASK_AGAIN_MS = 15_000;
const MOST_KEPT = 720; // an hour
const METRES_PER_DEGREE = 111_195;

/** As the service wants a fix; browsers speak WGS-84. */
function asFix(unitId, { coords, timestamp }) {
  const known = (value) => (Number.isFinite(value) ? value : null);
  return {
    unit_id: unitId,
    lon: coords.longitude,
    lat: coords.latitude,
    crs: "wgs84",
    accuracy_m: Math.min(Math.max(coords.accuracy || 1, 1), 100_000),
    heading_deg: known(coords.heading),
    speed_mps: coords.speed >= 0 && coords.speed <= 100 ? known(coords.speed) : null,
    at: new Date(timestamp).toISOString(),
  };
}

/** Straight metres between two points; exact enough within a city. */
export function metresBetween(a, b) {
  const x = (a.lon - b.lon) * Math.cos(((a.lat + b.lat) / 2) * (Math.PI / 180));
  return Math.hypot(x, a.lat - b.lat) * METRES_PER_DEGREE;
}

/**
 * Follow the phone.
 *
 * @param {string} unitId
 * @param {() => void} onChange called when there is something new to show
 */
export function followPosition(unitId, onChange) {
  const place = { state: "off", last: null, sentAt_ms: 0, problem: "", refused: "", waiting: 0 };
  let watch = null;
  let kept = [];
  let sending = false;
  let asked_ms = 0;

  function hear(position) {
    const fix = asFix(unitId, position);
    if (fix.at === place.last?.at) return;
    place.last = fix;
    place.state = "ok";
    kept = [...kept, fix].slice(-MOST_KEPT);
    if (!place.sentAt_ms) send();
    onChange();
  }

  function miss(error) {
    place.state = error.code === error.PERMISSION_DENIED ? "denied" : "missing";
    onChange();
  }

  const how = { enableHighAccuracy: true, maximumAge: 2000, timeout: 20_000 };

  function start() {
    if (watch !== null) return;
    if (!window.isSecureContext || !navigator.geolocation) { place.state = "insecure"; onChange(); return; }
    place.state = place.last ? "ok" : "waiting";
    watch = navigator.geolocation.watchPosition(hear, miss, how);
    onChange();
  }

  function stop() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    watch = null;
    if (place.state !== "off") { place.state = "off"; onChange(); }
  }

  /** A phone that lies still may not report; ask it, so that the desk does not think it silent. */
  function askWhenSilent() {
    const age_ms = Date.now() - Date.parse(place.last?.at ?? 0);
    if (watch === null || place.state === "denied" || age_ms < ASK_AGAIN_MS || Date.now() - asked_ms < ASK_AGAIN_MS) return;
    asked_ms = Date.now();
    navigator.geolocation.getCurrentPosition(hear, miss, how);
  }

  async function send() {
    askWhenSilent();
    if (sending || !kept.length) return;
    sending = true;
    const batch = kept;
    try {
      const answer = await post("/v1/positions", { fixes: batch });
      kept = kept.filter((fix) => !batch.includes(fix));
      place.sentAt_ms = Date.now();
      place.problem = "";
      place.refused = answer.refused.at(-1)?.reason ?? "";
    } catch (error) {
      if (error.status === 422) kept = []; // it would be refused again; anything else may pass (signing in anew, say)
      place.problem = error.message;
    } finally {
      sending = false;
      place.waiting = kept.length;
      onChange();
    }
  }

  setInterval(send, SEND_EVERY_MS);
  return { place, start, stop, again: () => { stop(); start(); } };
}
