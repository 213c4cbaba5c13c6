// The phone's own database: what waits to be sent, positions on their way, and what was last known, for when there is no signal.

import { openDB } from "/vendor/idb/index.js";

let opened = null;

/** The database, opened once a page. Stores: `outbox` and `fixes` (numbered in order), `known` (by name). */
export function store() {
  opened ??= openDB("gz-phone", 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "n", autoIncrement: true }).createIndex("key", "key", { unique: true });
      db.createObjectStore("fixes", { keyPath: "n", autoIncrement: true });
      db.createObjectStore("known");
    },
    terminated() { opened = null; },
  });
  return opened;
}

/** What was last kept under `name`; undefined where nothing was, or where the browser keeps nothing. */
export async function known(name) {
  try { return await (await store()).get("known", name); } catch { return undefined; }
}

/** Keep `value` under `name`; a browser that keeps nothing loses only what it would show without signal. */
export async function keep(name, value) {
  try { await (await store()).put("known", value, name); } catch { /* private windows may keep nothing */ }
}

/** Forget all that was known, but nothing that waits to be sent. */
export async function forget() {
  try { await (await store()).clear("known"); } catch { /* nothing was kept */ }
}
