// The survey form as it is being filled in, kept on the phone: it outlives a reload and a killed tab.

import { openDB } from "/vendor/idb/index.js";

const KEEP_MS = 7 * 86_400_000; // longer than the service takes what comes late

/**
 * @typedef {object} Draft
 * @property {string} key owner and incident
 * @property {object} values what the form says, by field
 * @property {{sha256: string|null, n: number, kind: string, captured_at: string, small: Blob}[]} photos in the order they were taken
 * @property {string|null} submitted_key key of the last form signed off, null where none was
 * @property {boolean} touched whether something was changed since
 * @property {number} at_ms when it was last changed
 */

let opened = null;

function store() {
  opened ??= openDB("gz-scene", 1, {
    upgrade(db) { db.createObjectStore("drafts", { keyPath: "key" }); },
    terminated() { opened = null; },
  });
  return opened;
}

export const keyOf = (owner, incidentId) => `${owner}/${incidentId}`;

const empty = (key) => ({ key, values: {}, photos: [], submitted_key: null, touched: false, at_ms: Date.now() });

/** The draft under `key`, an empty one where there is none or the browser keeps nothing. @returns {Promise<Draft>} */
export async function recall(key) {
  try { return (await (await store()).get("drafts", key)) ?? empty(key); } catch { return empty(key); }
}

/** Keep a draft. @returns {Promise<boolean>} whether it was kept */
export async function keepDraft(draft) {
  draft.at_ms = Date.now();
  try { await (await store()).put("drafts", draft); return true; } catch { return false; }
}

/** Forget drafts nobody has touched for long. */
export async function sweep() {
  try {
    const db = await store();
    for (const draft of await db.getAll("drafts")) {
      if (Date.now() - draft.at_ms > KEEP_MS) await db.delete("drafts", draft.key);
    }
  } catch { /* nothing was kept */ }
}
