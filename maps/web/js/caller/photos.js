// Photographs: chosen, made small enough for a bad line, kept on the phone until they are sent.

import { openDB } from "/vendor/idb/index.js";

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { smallerJpeg } from "../scene/picture.js";
import { knock } from "./door.js";

const LARGE_BYTES = 2_500_000;
const LONGER_SIDE_PX = 2400;
const PATIENCE_MS = 60_000;
const STORE = "photos";

const opened = typeof indexedDB === "undefined" ? Promise.resolve(null)
  : openDB("gz-caller", 1, { upgrade: (db) => db.createObjectStore(STORE) }).catch(() => null);

/** Keep the photographs of a draft; where the web view keeps nothing they live as long as the page. */
export async function keep(key, files) {
  const db = await opened;
  try { await (files.length ? db?.put(STORE, files, key) : db?.delete(STORE, key)); } catch { /* no room: still in memory */ }
}

/** The photographs of a draft; those of drafts given up are thrown away. */
export async function kept(key) {
  const db = await opened;
  try {
    for (const other of (await db?.getAllKeys(STORE)) ?? []) if (other !== key) await db.delete(STORE, other);
    return (await db?.get(STORE, key)) ?? [];
  } catch { return []; }
}

async function smaller(file) {
  if (file.size <= LARGE_BYTES) return file;
  try { return await smallerJpeg(file, LONGER_SIDE_PX); } catch { return file; }
}

/** Send one photograph to a case; returns the case as it then stands. */
export async function send(token, file) {
  const body = await smaller(file);
  const headers = { "Content-Type": body.type || "image/jpeg" };
  return knock(`/v1/cases/${token}/photos`, { method: "POST", body, headers, patience_ms: PATIENCE_MS });
}

/** A button that opens the camera or the album. @param {(files: File[]) => void} onFiles */
export function chooser(onFiles, word = "cr_photo_add") {
  const input = h("input", { type: "file", accept: "image/jpeg,image/png,image/webp", multiple: true, class: "visually-hidden", data: { testid: "photo-input", key: "photo-input" } });
  input.addEventListener("change", () => { onFiles([...input.files]); input.value = ""; });
  return h("label", { class: "button photo-add" }, input, t(word));
}

/** The row of small pictures in the report. */
export function photoRow(files, { most, onFiles, onDrop }) {
  const small = (file, i) => {
    const address = URL.createObjectURL(file);
    const image = h("img", { src: address, alt: t("cr_photo_n", { n: i + 1 }), on: { load: () => URL.revokeObjectURL(address) } });
    return h("li", {}, image, h("button", { type: "button", class: "button quiet drop", "aria-label": t("cr_photo_drop", { n: i + 1 }), on: { click: () => onDrop(i) } }, "✕"));
  };
  return [
    h("p", { class: "label" }, t("cr_photos", { n: most })),
    files.length ? h("ul", { class: "thumbs" }, files.map(small)) : null,
    files.length < most ? chooser(onFiles) : null,
  ].filter(Boolean);
}
