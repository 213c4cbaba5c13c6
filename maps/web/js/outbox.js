// What a person did on the phone, written down first and sent in order, once, when there is signal.
//
// An entry is kept in IndexedDB until the service has answered it, so it outlives a reload and a killed tab. Its key goes
// along as `Idempotency-Key`: sent twice, it counts once. Entries of one `chain` depend on each other and wait for those
// before them; a refused one holds up its own chain alone, until it is tried again or dropped by a person.
//
//   import { enqueue, start, waiting, onOutbox } from "./outbox.js";
//   await start("surveyor");                                   // once a page, with who is signed in
//   await enqueue({ method: "POST", path: "/v1/…", body: {…}, captured_at, about: { what: "arrive", chain: jobId } });
//   await enqueue({ method: "POST", path: "/v1/…", blob, about: { what: "photo", chain: `photos-${jobId}` } });

import { ask } from "./api.js";
import { newKey } from "./key.js";
import { store } from "./phone/store.js";

const AGAIN_MS = 4000;
const FILE_PATIENCE_MS = 120_000;
const LOCK = "gz-outbox"; // one tab sends at a time
const RACES = 3; // how often a step is tried again at once when somebody else changed the incident first

/**
 * @typedef {object} Entry
 * @property {number} n its place in the order
 * @property {string} key UUID, sent as Idempotency-Key
 * @property {string} owner user name of who did it; nobody else's session sends it
 * @property {string} method
 * @property {string} path
 * @property {object} [body] sent as JSON
 * @property {Blob} [blob] sent as it is, with its own type
 * @property {string} captured_at ISO time at which it was done, by the service's clock as far as it is known
 * @property {{what: string, chain?: string}} about what a person calls it, and what it depends on; more for the page's own use
 * @property {"waiting"|"refused"} state
 * @property {number} tries
 * @property {{status: number, message: string, kind: string}} [problem] why it was not taken, the last time it was tried
 */

let owner = null;
let entries = [];
let seen = null;
let others = 0; // entries of somebody else who used this phone
let before = async () => {};
const listeners = new Set();
const told = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(LOCK);

/**
 * Begin to send what waits, as `who`; listens for the network and for other tabs.
 *
 * @param {string} who user name
 * @param {{first?: () => Promise<void>}} [options] `first` is sent ahead of each round: positions, so that a track is there before the arrival
 */
export async function start(who, { first } = {}) {
  owner = who;
  if (first) before = first;
  told?.addEventListener("message", () => reload().then(send));
  window.addEventListener("online", send);
  setInterval(send, AGAIN_MS);
  await reload();
  send();
}

/**
 * Write an action down and send it as soon as that works.
 *
 * @param {{method?: string, path: string, body?: object, blob?: Blob, key?: string, captured_at?: string, about: object}} action
 * @returns {Promise<Entry>} once it is safely kept; it need not be sent by then
 */
export async function enqueue({ method = "POST", path, body, blob, key = newKey(), captured_at = new Date().toISOString(), about }) {
  const entry = { key, owner, method, path, body, blob, captured_at, about, state: "waiting", tries: 0, noted_ms: Date.now() };
  const db = await store();
  entry.n = await db.add("outbox", entry);
  await changed();
  send();
  return entry;
}

/** What this person's phone has not got rid of yet, in order. @returns {Entry[]} */
export const waiting = () => entries;

/** How many entries somebody else left on this phone; they go when that person signs in again. */
export const waitingOfOthers = () => others;

/** Try a refused entry again. */
export const retry = (n) => alter(n, (entry) => ({ ...entry, state: "waiting", tries: 0 }));

/** Give an entry up, by a person's wish; what depended on it is tried then. */
export async function drop(n) {
  await (await store()).delete("outbox", n);
  await changed();
  send();
}

/**
 * Hear of the outbox.
 *
 * @param {{onChange?: (entries: Entry[]) => void, onAnswer?: (entry: Entry, answer: any) => void|Promise<void>, onRefused?: (entry: Entry) => void}} ears
 *   `onAnswer` is heard before the entry goes, so that a page never shows less than it knows
 */
export const onOutbox = (ears) => listeners.add(ears);

async function reload() {
  const all = await (await store()).getAll("outbox");
  entries = all.filter((entry) => entry.owner === owner);
  others = all.length - entries.length;
  const now = all.map((entry) => [entry.n, entry.state, entry.tries]).join(";");
  if (now === seen) return; // nothing to draw anew
  seen = now;
  for (const { onChange } of listeners) onChange?.(entries);
}

async function changed() {
  await reload();
  told?.postMessage("changed");
}

async function alter(n, change) {
  const db = await store();
  const entry = await db.get("outbox", n);
  if (entry) await db.put("outbox", change(entry));
  await changed();
  send();
}

// --- sending

let again = false;
let sending = false;

/** Send what waits; a call while a round runs makes another round follow. */
export async function send() {
  if (sending) { again = true; return; }
  sending = true;
  try {
    do {
      again = false;
      await alone(round);
    } while (again);
  } catch (error) {
    console.error(error);
  } finally {
    sending = false;
  }
}

/** Run `work` unless another tab is at it; a browser without locks has but this tab. */
const alone = (work) => (navigator.locks ? navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => lock && work()) : work());

async function round() {
  if (!owner) return;
  try { await before(); } catch { /* positions say for themselves what is wrong */ }
  const resting = new Set();
  for (;;) {
    await reload();
    const entry = nextOf(entries, resting);
    if (!entry || !(await attempt(entry, resting))) return;
  }
}

/** The first entry nothing holds up; small ones go before files, which may take long. */
function nextOf(all, resting) {
  const held = new Set(resting);
  const free = [];
  for (const entry of all) {
    const chain = entry.about?.chain ?? `alone-${entry.n}`;
    if (!held.has(chain) && entry.state === "waiting") free.push(entry);
    held.add(chain); // whatever follows in the chain waits for this one
  }
  return free.find((entry) => !entry.blob) ?? free[0];
}

/** @returns {Promise<boolean>} whether the round goes on */
async function attempt(entry, resting) {
  try {
    const answer = await ask(entry.method, entry.path, {
      body: entry.body, blob: entry.blob, stay: true, headers: { "Idempotency-Key": entry.key },
      ...(entry.blob ? { patience_ms: FILE_PATIENCE_MS } : {}),
    });
    for (const { onAnswer } of listeners) await onAnswer?.(entry, answer);
    await (await store()).delete("outbox", entry.n);
    await changed();
    return true;
  } catch (error) {
    if (error.name !== "ApiError") throw error;
    return weigh(entry, error, resting);
  }
}

/** No network, no session: stop. Trouble of the service's own: let others go first. Refused: say so. */
async function weigh(entry, error, resting) {
  const problem = { status: error.status, message: error.message, kind: error.kind };
  const raced = error.kind === "StaleIncident" && entry.tries < RACES;
  const later = error.status === 0 || error.status === 401 || error.status === 408 || error.status === 429;
  const refused = !raced && !later && error.status < 500;
  const now = { ...entry, tries: entry.tries + 1, problem, state: refused ? "refused" : "waiting" };
  const db = await store();
  if (await db.get("outbox", entry.n)) await db.put("outbox", now);
  await changed();
  if (refused) for (const { onRefused } of listeners) onRefused?.(now);
  if (!refused && !raced && !later) resting.add(entry.about?.chain ?? `alone-${entry.n}`);
  return !later;
}
