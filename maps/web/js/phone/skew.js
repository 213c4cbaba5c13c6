// How far this phone's clock is off, measured against the service: half the round trip is taken off, the quickest of several counts.

import { get } from "../api.js";
import { setOffset } from "../clock.js";
import { keep, known } from "./store.js";

const SAMPLES = 5;
const SLOWEST_MS = 4000; // a round trip longer than this says too little
const ANEW_MS = 600_000;
const SHOWN_S = 5;

let best = null; // { skew_ms, rtt_ms }

/** Seconds the service's clock is ahead of the phone's; null while it was never measured. */
export const skew_s = () => (best ? Math.round(best.skew_ms) / 1000 : null);

/** Seconds to tell the surveyor about, negative where the phone is ahead; 0 while the clock is good enough. */
export const shownSkew_s = () => (best && Math.abs(best.skew_ms) > SHOWN_S * 1000 ? Math.round(best.skew_ms / 1000) : 0);

async function sample() {
  const left_ms = Date.now();
  const began = performance.now();
  const { at } = await get("/v1/time", { stay: true });
  const rtt_ms = performance.now() - began;
  return { rtt_ms, skew_ms: Date.parse(at) - (left_ms + rtt_ms / 2) };
}

function use(found) {
  best = found;
  setOffset(found.skew_ms);
}

/** Measure now; without signal what was measured last goes on to count. */
async function measureSkew() {
  const samples = [];
  try {
    for (let i = 0; i < SAMPLES; i += 1) samples.push(await sample());
  } catch { /* no signal: what came so far */ }
  const quickest = samples.sort((a, b) => a.rtt_ms - b.rtt_ms)[0];
  if (!quickest || quickest.rtt_ms > SLOWEST_MS) return;
  use(quickest);
  await keep("skew", quickest);
}

/** Begin with what was measured last; measure now, when the network is back, and every ten minutes. */
export async function watchSkew() {
  const before = await known("skew");
  if (before) use(before);
  window.addEventListener("online", measureSkew);
  setInterval(measureSkew, ANEW_MS);
  await measureSkew();
}
