// Where the caller speaks of, while one types: the last answer stays until the next is there; candidates by digit, click or pin.

import { address, get } from "../api.js";
import { apart_m } from "../distance.js";
import { byId, h } from "../dom.js";
import { duration, metres } from "../format.js";
import { label, t } from "../i18n.js";
import { now_ms } from "../clock.js";
import { isOpen, placeOf } from "./derive.js";
import { previewPlace } from "./map_incidents.js";
import { clearPins, showPins } from "./report_pins.js";
import { state } from "./state.js";

const GATHER_MS = 150;
const NEAR_M = 400;
const MOST = 5;
const PINNED_M = 30; // what the service takes for a pin

let heard = "";
let asking = null;
let timer = 0;
let drawn = "";
const place = { found: null, chosen: 0, point: null, words: "" };

/** The point a person chose ({lon, lat}), or null where the words alone decide. */
export const chosenPoint = () => place.point;

const candidates = () => (place.found?.location ? [place.found.location, ...place.found.location.alternatives].slice(0, MOST) : []);

/** Where the report lies as things stand: a pin, or the candidate in use. */
export const standsAt = () => (place.point ? { ...place.point, uncertainty_m: PINNED_M, matched_text: place.words || t("pin_here"), alternatives: [] } : candidates()[place.chosen] ?? null);

/** Use candidate `i`; the first is what the words say by themselves. */
function chooseCandidate(i) {
  const one = candidates()[i];
  if (!one) return;
  Object.assign(place, { chosen: i, point: i === 0 ? null : { lon: one.lon, lat: one.lat }, words: i === 0 ? "" : one.matched_text });
  drawPlace();
}

/** Use a point of the map; what is there is named as soon as the service says so. */
export async function usePoint(point) {
  Object.assign(place, { point, words: "", chosen: -1 });
  drawPlace();
  try {
    const { words } = await get(address("/v1/geocode/reverse", point));
    if (place.point === point) { place.words = words; drawPlace(); }
  } catch { /* a point without a name is a point all the same */ }
}

/** Forget the point: the words decide again. */
function forgetPoint() {
  Object.assign(place, { point: null, words: "", chosen: 0 });
  drawPlace();
}

/** Forget everything: a new report. */
export function forgetPlace() {
  heard = "";
  stopAsking();
  Object.assign(place, { found: null, chosen: 0, point: null, words: "" });
}

async function recognise() {
  const text = heard;
  if (!text.trim()) { place.found = null; drawPlace(); return; }
  asking = new AbortController();
  byId("report-place")?.classList.add("asking");
  try {
    place.found = await get(address("/v1/geocode", { text }), { signal: asking.signal });
    if (!place.point) place.chosen = 0;
  } catch (error) {
    if (error.name === "AbortError") return;
    place.found = { location: null, reason: error.message };
  }
  asking = null;
  byId("report-place")?.classList.remove("asking");
  drawPlace();
  if (heard !== text) heardWords(heard);
}

/** The caller's words have changed: one question at a time, the newest next, so that the place follows while one types. */
export function heardWords(text) {
  heard = text;
  if (asking || timer) return;
  timer = setTimeout(() => { timer = 0; recognise(); }, GATHER_MS);
}

function stopAsking() {
  clearTimeout(timer);
  timer = 0;
  asking?.abort();
  asking = null;
}

function candidateRow(one, i) {
  const id = `candidate-${i}`;
  return h("label", { class: "candidate" },
    h("input", { type: "radio", name: "candidate", id, value: String(i), checked: place.chosen === i, on: { change: () => chooseCandidate(i) } }),
    h("span", { class: "rank" }, String(i + 1)), placeWords(one));
}

const placeWords = (one) => h("span", { class: "grow" }, h("strong", {}, one.matched_text),
  h("span", { class: "muted" }, ` ${[one.district, label("match_code", one.match_code), t("within", { radius: metres(one.uncertainty_m) })].filter(Boolean).join(" · ")}`));

function foundRows() {
  const { location, reason } = place.found;
  if (!location) return [h("p", { class: "notice warn", data: { testid: "geocode-none" } }, h("strong", {}, t("geo_none")), h("br"), reason)];
  const all = candidates();
  return [
    h("p", { class: "muted" }, t("geo_found")),
    h("div", { class: "candidates", role: all.length > 1 ? "radiogroup" : null, "aria-label": t("geo_found"), data: { testid: "geocode-result" } },
      all.length > 1 ? all.map(candidateRow) : h("p", { class: "candidate" }, placeWords(all[0]))),
    place.found.not_reached?.length ? h("p", { class: "fine warn", data: { testid: "geocode-not-reached" } }, t("geo_not_reached", { names: place.found.not_reached.join("、") })) : null,
    location.question ? h("p", { class: "notice", data: { testid: "geocode-question" } }, h("strong", {}, t("geo_ask")), location.question) : null,
  ];
}

function pointRow() {
  if (!place.point) return null;
  return h("p", { class: "row", data: { testid: "geocode-point" } }, h("span", { class: "grow ok" }, place.words ? t("geo_chosen_at", { words: place.words }) : t("geo_chosen")),
    h("button", { type: "button", class: "button quiet", on: { click: forgetPoint } }, t("forget_point")));
}

/** Open incidents close by: perhaps somebody else called about the same. */
function nearbyRow(at, openInstead) {
  const near = at ? [...state.incidents.values()].filter((one) => isOpen(one) && one.location && apart_m(one.location, at) < NEAR_M)
    .sort((a, b) => apart_m(a.location, at) - apart_m(b.location, at)).slice(0, 3) : [];
  if (!near.length) return null;
  return h("div", { class: "notice warn", data: { testid: "nearby" } }, t("nearby"), near.map((one) =>
    h("button", { type: "button", class: "button quiet nearby", data: { testid: "nearby-item", id: one.id }, on: { click: () => openInstead(one.id) } },
      h("span", { class: "grow ellipsis" }, placeOf(one)),
      h("span", { class: "number" }, t("nearby_how", { far: metres(apart_m(one.location, at)), ago: duration((now_ms() - Date.parse(one.reported_at)) / 1000) })))));
}

let openInstead = () => {};

/** Draw what is recognised, where it has changed. */
export function drawPlace() {
  const box = byId("report-place");
  if (!box) return;
  const at = standsAt();
  const rows = [...(place.found ? foundRows() : place.point ? [] : [h("p", { class: "muted" }, t("geo_idle"))]), pointRow(), nearbyRow(at, openInstead)].filter(Boolean);
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  const next = h("div", {}, rows);
  const fresh = next.textContent + place.chosen;
  if (fresh !== drawn || !box.childElementCount) { // nothing flickers or is read aloud again that is as it was
    drawn = fresh;
    box.replaceChildren(...rows);
    if (focused) byId(focused)?.focus({ preventScroll: true });
  }
  previewPlace(at ? { ...at, alternatives: [] } : null);
  const pins = place.point && place.chosen < 0 ? [at] : candidates();
  if (pins.length) showPins(pins, Math.max(0, place.chosen), { choose: chooseCandidate, move: usePoint });
  else clearPins();
}

/** Take the place off the map; what is known is kept with the draft. */
export function leavePlace() {
  stopAsking();
  clearPins();
  previewPlace(null);
}

/** @param {(id: string) => void} open shows an incident instead of the report */
export function startPlace(open) { openInstead = open; }
