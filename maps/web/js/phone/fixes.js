// Positions on their way: kept in the phone's database, sent in batches, thinned where they become too many.

import { post } from "../api.js";
import { store } from "./store.js";

const BATCH = 500;
const MOST = 3000; // four hours of a fine rhythm

/** Keep a position until it is sent. */
export async function keepFix(owner, fix) {
  const db = await store();
  await db.add("fixes", { owner, fix });
  if ((await db.count("fixes")) > MOST) await thin(db);
}

/** Of the older half every second one goes: a long way without signal keeps its shape, and its end every fix. */
async function thin(db) {
  const work = db.transaction("fixes", "readwrite");
  const keys = await work.store.getAllKeys();
  const spare = keys.slice(0, Math.floor(keys.length / 2)).filter((_, i) => i % 2);
  await Promise.all(spare.map((key) => work.store.delete(key)));
  await work.done;
}

/** How many wait. */
export const fixesWaiting = async () => (await store()).count("fixes");

const remove = async (kept) => {
  const work = (await store()).transaction("fixes", "readwrite");
  await Promise.all(kept.map(({ n }) => work.store.delete(n)));
  await work.done;
};

/**
 * Send what waits, oldest first; those of another account stay until it signs in again.
 *
 * @returns {Promise<{sent: number, refused: string}>} `refused` is the service's word on the last fix it did not take
 * @throws {ApiError} when they could not be sent; they stay
 */
export async function sendFixes(owner) {
  let sent = 0;
  let refused = "";
  for (;;) {
    const kept = (await (await store()).getAll("fixes")).filter((one) => one.owner === owner).slice(0, BATCH);
    if (!kept.length) return { sent, refused };
    try {
      const answer = await post("/v1/positions", { fixes: kept.map(({ fix }) => fix) }, { stay: true });
      refused = answer.refused.at(-1)?.reason ?? refused;
    } catch (error) {
      if (error.status !== 422 && error.status !== 403) throw error;
      refused = error.message; // it would be refused again
    }
    sent += kept.length;
    await remove(kept);
  }
}
