// Taking photographs, and what became of each: waiting, received, refused.

import { attempt, h, toast } from "../dom.js";
import { minute } from "../format.js";
import { language, t } from "../i18n.js";
import { drop, enqueue, retry, waiting } from "../outbox.js";
import { prepared } from "./picture.js";
import { KINDS } from "./words.js";

const looks = new Map(); // object URLs of small pictures, by when they were taken

function lookOf(photo) {
  if (!looks.has(photo.captured_at)) looks.set(photo.captured_at, URL.createObjectURL(photo.small));
  return looks.get(photo.captured_at);
}

/** The entry of the outbox that carries a photograph; undefined once it was received. */
const entryOf = (photo) => waiting().find((entry) => entry.n === photo.n);

/** "waiting", "refused" or "sent". */
export const stateOf = (photo) => entryOf(photo)?.state ?? "sent";

function pathOf(incidentId, kind, captured_at, at) {
  const where = at ? { lon: at.lon, lat: at.lat, crs: at.crs ?? "wgs84", accuracy_m: at.accuracy_m } : {};
  const query = new URLSearchParams({ kind, captured_at, ...Object.fromEntries(Object.entries(where).filter(([, v]) => v !== null && v !== undefined)) });
  return `/v1/incidents/${encodeURIComponent(incidentId)}/photos?${query}`;
}

/** Make a file ready and write it into the outbox. @returns {Promise<object|null>} the photograph for the draft; null for one it has */
async function taken(file, { incidentId, kind, captured_at, here, known }) {
  let ready;
  try { ready = await prepared(file); } catch { toast(t("sc_photo_bad"), "error"); return null; }
  if (ready.sha256 && known.some((one) => one.sha256 === ready.sha256)) return null; // the same one twice is one
  const about = { what: "photo", words: t("sc_photo_words", { kind: t(`ph_${kind}`) }) };
  try {
    const { n } = await enqueue({ path: pathOf(incidentId, kind, captured_at, here), blob: ready.blob, captured_at, about });
    return { n, kind, captured_at, sha256: ready.sha256, small: ready.small };
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    toast(t("sc_photo_no_room"), "error");
    return null;
  }
}

function figure(photo, remove) {
  const entry = entryOf(photo);
  const state = entry?.state ?? "sent";
  const kind = t(`ph_${photo.kind}`);
  return h("li", { class: `sc-photo ${state}`, data: { testid: "photo", state, kind: photo.kind } },
    h("img", { src: lookOf(photo), alt: `${kind} ${minute(photo.captured_at)}` }),
    h("p", { class: "row" }, h("span", { class: "grow" }, kind), h("span", { class: "number" }, minute(photo.captured_at))),
    h("p", { class: "sc-photo-state" }, t(`sc_photo_${state}`), state === "refused" ? `:${entry.problem.message}` : ""),
    state === "refused" ? h("button", { type: "button", class: "button", on: { click: () => retry(entry.n) } }, t("sc_photo_again")) : null,
    state === "sent" ? null : h("button", { type: "button", class: "button sc-remove", "aria-label": t("sc_photo_remove", { kind }), data: { testid: "photo-remove" }, on: { click: () => remove(photo) } }, "✕"));
}

/**
 * The part of the form that takes photographs.
 *
 * @param {{incidentId: string, photos: object[], change: (photos: object[]) => Promise<void>, here: () => object|null, nowIso: () => string}} scene
 * @returns {{node: HTMLElement, show: () => void}} `show` draws what became of them anew
 */
export function photoStrip({ incidentId, photos, change, here, nowIso }) {
  let now = [...photos];
  let kind = "damage";
  let drawn = "";
  const list = h("ul", { class: "sc-photos", data: { testid: "photos" } });

  function show() {
    const meaning = JSON.stringify([language(), now.map((photo) => [photo.captured_at, stateOf(photo), entryOf(photo)?.problem?.message])]);
    if (meaning === drawn) return; // a button must not vanish under the finger
    drawn = meaning;
    list.replaceChildren(...now.map((photo) => figure(photo, remove)));
  }

  async function remove(photo) {
    await drop(photo.n);
    now = now.filter((one) => one !== photo);
    await change(now);
    show();
  }

  async function take(event) {
    const files = [...event.target.files];
    const captured_at = nowIso();
    const at = here();
    await attempt(async () => {
      for (const [i, file] of files.entries()) {
        const moment = new Date(Date.parse(captured_at) + i).toISOString(); // each its own, in the order they were chosen
        const photo = await taken(file, { incidentId, kind, captured_at: moment, here: at, known: now });
        if (!photo) continue;
        now = [...now, photo];
        await change(now);
        show();
      }
    });
    event.target.value = "";
  }

  const input = (word, testid, more) => h("label", { class: "button sc-take" }, t(word),
    h("input", { type: "file", accept: "image/jpeg,image/png,image/webp", class: "visually-hidden", data: { testid }, on: { change: take }, ...more }));

  const node = h("fieldset", { class: "sc-block" }, h("legend", {}, t("sc_photos")),
    h("div", { class: "sc-choices sc-kinds", role: "group", "aria-label": t("sc_kind") }, KINDS.map((one) =>
      h("label", {}, h("input", { type: "radio", name: "photo-kind", value: one, checked: one === kind, on: { change: () => { kind = one; } } }), h("span", {}, t(`ph_${one}`))))),
    h("div", { class: "row" }, input("sc_take", "photo-take", { capture: "environment" }), input("sc_choose", "photo-choose", { multiple: true })),
    list);
  show();
  return { node, show };
}
