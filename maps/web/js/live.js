// The live stream. Silence counts as lost, after as long as the page says; the stream is reopened and `onOpen` told to fetch the picture again.

import { get } from "./api.js";
import { hearServerTime } from "./clock.js";

const CHECK_MS = 250;
const RETRY_MS = [500, 1000, 2000, 3000];

/**
 * Follow the service.
 *
 * @param {object} ears
 * @param {(isStill: () => boolean) => Promise<void>} ears.onOpen called each time the stream is open, before the link counts as live: fetch
 *   the picture here, and drop it where `isStill()` says no: the stream was opened anew meanwhile, and the newer picture may be here already
 * @param {(incident: object) => void} [ears.onIncident]
 * @param {(units: object[]) => void} [ears.onUnits]
 * @param {(moves: object[]) => void} [ears.onMoves] where units are that only moved
 * @param {(present: object[]) => void} [ears.onPresence] who has which incident open
 * @param {(stands: object) => void} [ears.onBackground] how the background stands
 * @param {(state: "waiting"|"live"|"lost") => void} ears.onState
 * @param {number} ears.silence_ms how long a silence counts as lost: longer than the beat of this page's stream (api/streams/live.py)
 * @returns {() => void} stops following
 */
export function follow({ onOpen, onIncident, onUnits, onMoves, onPresence, onBackground, onState, silence_ms }) {
  let stream = null;
  let heard_ms = 0;
  let tries = 0;
  let state = "";
  let retry = 0;

  const tell = (next) => { if (next !== state) { state = next; onState(next); } };
  const hear = (use) => (message) => {
    heard_ms = performance.now();
    if (use) use(JSON.parse(message.data));
  };

  function lose() {
    stream?.close();
    stream = null;
    tell("lost");
    clearTimeout(retry);
    retry = setTimeout(open, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
    tries += 1;
  }

  async function welcome(mine) {
    try {
      await onOpen(() => mine === stream);
      if (mine !== stream) return;
      tries = 0;
      tell("live");
    } catch (error) {
      if (error.name !== "ApiError") console.error(error);
      if (mine === stream) lose();
    }
  }

  function open() {
    const mine = new EventSource("/v1/live");
    stream = mine;
    heard_ms = performance.now();
    mine.addEventListener("incident", hear((incident) => onIncident?.(incident)));
    mine.addEventListener("units", hear((units) => onUnits?.(units)));
    mine.addEventListener("moves", hear((moves) => onMoves?.(moves)));
    mine.addEventListener("presence", hear((present) => onPresence?.(present)));
    mine.addEventListener("background", hear((stands) => onBackground?.(stands)));
    mine.addEventListener("heartbeat", hear((beat) => hearServerTime(beat.at)));
    mine.addEventListener("hello", hear((beat) => { hearServerTime(beat.at); welcome(mine); })); // only now are we surely listened for
    mine.addEventListener("error", () => { if (mine === stream) { lose(); checkSession(); } });
  }

  const watch = setInterval(() => { if (stream && performance.now() - heard_ms > silence_ms) lose(); }, CHECK_MS);
  tell("waiting");
  open();
  return () => { clearInterval(watch); clearTimeout(retry); stream?.close(); stream = null; };
}

/** A stream that ends may mean we are signed out; asking sends us to the log-in page then. */
async function checkSession() {
  try { await get("/v1/session"); } catch { /* the banner already says so */ }
}
