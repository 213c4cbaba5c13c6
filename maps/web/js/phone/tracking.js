// Where the phone is: closely followed on the way, seldom asked when idle, not at all off duty or on a break.

import { now_ms } from "../clock.js";
import { apart_m } from "../distance.js";
import { fixesWaiting, keepFix, sendFixes } from "./fixes.js";

const ON_THE_WAY = { fine: true, every_ms: 5000, moved_m: 0, most_ms: 5000 };
const IDLE = { fine: false, every_ms: 30_000, moved_m: 50, most_ms: 60_000 };
const ASK_AGAIN_MS = 15_000;
const HOW = { enableHighAccuracy: true, maximumAge: 2000, timeout: 20_000 };

/** How closely to follow: null is not at all. */
export function rhythmOf(unit, status) {
  if (status === "accepted" || status === "en_route") return ON_THE_WAY;
  if (status) return IDLE;
  return unit?.on_shift && unit.duty !== "break" ? IDLE : null;
}

/** As the service wants a fix: browsers speak WGS-84, and the phone's clock is corrected. */
function asFix(unitId, { coords, timestamp }) {
  const given = (value) => (Number.isFinite(value) ? value : null);
  return {
    unit_id: unitId, lon: coords.longitude, lat: coords.latitude, crs: "wgs84",
    accuracy_m: Math.min(Math.max(coords.accuracy || 1, 1), 100_000),
    heading_deg: given(coords.heading),
    speed_mps: coords.speed >= 0 && coords.speed <= 100 ? given(coords.speed) : null,
    at: new Date(Math.min(timestamp, Date.now()) + (now_ms() - Date.now())).toISOString(),
  };
}

/**
 * Follow the phone.
 *
 * @param {{owner: string, unitId: string, onChange: () => void, onKept: () => void}} wishes `onKept` when there is a fix to send
 * @returns {{place: object, follow: (rhythm: object|null) => void, again: () => void, look: () => void, mark: () => Promise<void>, flush: () => Promise<void>}}
 *   `place` says what to show; `look` asks for a position now; `flush` sends those that wait
 */
export function trackPhone({ owner, unitId, onChange, onKept }) {
  const place = { state: "off", last: null, sentAt_ms: 0, problem: "", refused: "", waiting: 0 };
  let rhythm = null;
  let watch = null;
  let poll = 0;
  let asked_ms = 0;
  let kept = null;

  const due = (fix) => !kept
    || Date.parse(fix.at) - Date.parse(kept.at) >= rhythm.most_ms - 500
    || (rhythm.moved_m > 0 && apart_m(kept, fix) >= rhythm.moved_m);

  async function hear(position) {
    if (!rhythm) return;
    const fix = asFix(unitId, position);
    if (fix.at === place.last?.at) return;
    Object.assign(place, { last: fix, state: "ok" });
    if (due(fix)) await keep(fix);
    onChange();
  }

  async function keep(fix) {
    kept = fix;
    await keepFix(owner, fix);
    onKept();
  }

  /** A step was taken: where the phone is now belongs to the track, whatever the rhythm; so does where it is a moment later. */
  async function mark() {
    look();
    if (rhythm && place.last && place.last.at !== kept?.at) await keep(place.last);
  }

  function miss(error) {
    place.state = error.code === error.PERMISSION_DENIED ? "denied" : "missing";
    onChange();
  }

  function look() {
    if (!rhythm || place.state === "denied") return;
    asked_ms = Date.now();
    navigator.geolocation.getCurrentPosition(hear, miss, { ...HOW, maximumAge: rhythm.fine ? 2000 : 15_000 });
  }

  /** A phone that lies still may not report; ask it, so that the desk does not think it silent. */
  function askWhenSilent() {
    const age_ms = now_ms() - Date.parse(place.last?.at ?? 0);
    const wait_ms = rhythm.fine ? ASK_AGAIN_MS : rhythm.every_ms;
    if (age_ms >= wait_ms && Date.now() - asked_ms >= wait_ms) look();
  }

  function stop() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    clearInterval(poll);
    watch = null;
  }

  function begin() {
    if (!window.isSecureContext || !navigator.geolocation) { place.state = "insecure"; return; }
    place.state = place.last ? "ok" : "waiting";
    if (rhythm.fine) watch = navigator.geolocation.watchPosition(hear, miss, HOW);
    else look();
    poll = setInterval(askWhenSilent, rhythm.fine ? 5000 : rhythm.every_ms);
  }

  function follow(next) {
    if (next === rhythm) return;
    stop();
    rhythm = next;
    if (rhythm) begin();
    else place.state = "off";
    onChange();
  }

  async function flush() {
    try {
      const { sent, refused } = await sendFixes(owner);
      if (sent) Object.assign(place, { sentAt_ms: Date.now(), problem: "", refused });
    } catch (error) {
      place.problem = error.message;
      throw error;
    } finally {
      place.waiting = await fixesWaiting();
      onChange();
    }
  }

  const again = () => { const same = rhythm; follow(null); follow(same); };
  return { place, follow, again, look, mark, flush };
}
