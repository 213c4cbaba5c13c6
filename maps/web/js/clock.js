// The service's clock: this machine's may be wrong, and countdowns must agree on every desk.

let offset_ms = 0;
let measured = false;

/** Learn from a time the service has just told us; small differences are the network's, not the clock's. */
export function hearServerTime(at) {
  const seen_ms = Date.parse(at) - Date.now();
  if (Number.isFinite(seen_ms) && !measured) offset_ms = Math.abs(seen_ms) < 1500 ? 0 : seen_ms;
}

/** Take an offset that was measured with round trips: it is truer than what a stream tells in passing. */
export function setOffset(ms) {
  offset_ms = ms;
  measured = true;
}

/** Milliseconds since 1970 by the service's clock. */
export const now_ms = () => Date.now() + offset_ms;
