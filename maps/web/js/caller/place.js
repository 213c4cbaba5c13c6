// Where the accident is: the phone's own position, words looked up as they are written, a pin that can be dragged.

import { apart_m } from "../distance.js";
import { byId, h } from "../dom.js";
import { metres } from "../format.js";
import { t } from "../i18n.js";
import { knock } from "./door.js";
import { draft, write } from "./draft.js";
import { makeMap } from "./pin_map.js";

const DEBOUNCE_MS = 500;
const POOR_M = 200;
const APART_M = 800;
const WIDE_M = 600;
const PINNED_M = 30;

let found = null; // what the words may mean: CallerPlacesOut
let near = ""; // words for the point
let map = null;
let making = null;
let centre = [113.32, 23.12];
let timer = 0;
let asked = 0;
let state = "";

const saidOf = (place) => (place.district
  ? t("cr_found_of", { place: place.words, district: place.district, m: metres(place.uncertainty_m) }) : place.words);

function put(point, { fit = true } = {}) {
  write({ point });
  near = "";
  drawPlace();
  showPin({ fit });
  if (point) nameIt(point);
}

async function nameIt({ lon, lat }) {
  const mine = draft.point;
  try {
    const place = await knock(`/v1/caller/place?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`);
    if (mine !== draft.point) return;
    near = [place.district, place.words].filter(Boolean).join(" ");
    drawPlace();
  } catch { /* words for the point are a help, no need */ }
}

async function showPin({ fit = true } = {}) {
  const at = draft.point ?? found?.places[0];
  const node = byId("map");
  if (!at && !map) return;
  if (!map) {
    node.hidden = false;
    byId("map-hint").hidden = false;
    making ??= makeMap(node, { centre: at ? [at.lon, at.lat] : centre, onTap: (point) => put({ ...point, accuracy_m: PINNED_M, by: "pin" }, { fit: false }) });
    map = await making;
    if (!map) { byId("map-hint").hidden = true; return; }
  }
  const here = draft.point ?? found?.places[0];
  if (!here) { map.unpin("scene"); map.disc(null); return; }
  map.disc(here, here.accuracy_m ?? here.uncertainty_m);
  map.pin("scene", here, { label: t("cr_pin"), onDrag: (point) => put({ ...point, accuracy_m: PINNED_M, by: "pin" }, { fit: false }) });
  if (fit) map.fit();
}

function choice(place) {
  return h("li", {}, h("button", { type: "button", class: "button block start", on: { click: () => put({ lon: place.lon, lat: place.lat, accuracy_m: Math.max(place.uncertainty_m, 1), by: "words" }) } }, saidOf(place)));
}

function foundRows() {
  if (!found || !draft.place.trim()) return [];
  const [first, ...others] = found.places;
  if (!first) return [h("p", { class: "warn" }, found.reason)];
  const wide = first.uncertainty_m > WIDE_M && !draft.point;
  const far = draft.point && draft.point.by !== "words" ? apart_m(draft.point, first) : 0;
  return [
    h("p", { class: wide ? "" : "ok" }, t("cr_found", { place: saidOf(first) })),
    wide ? h("p", { class: "warn" }, t("cr_wide")) : null,
    first.question && !draft.point ? h("p", {}, first.question) : null,
    far > APART_M ? h("p", { class: "row wrap warn" }, h("span", { class: "grow" }, t("cr_apart", { m: metres(far) })),
      h("button", { type: "button", class: "button", on: { click: () => put(null) } }, t("cr_use_words"))) : null,
    others.length && !draft.point ? h("p", { class: "muted" }, t("cr_else")) : null,
    others.length && !draft.point ? h("ul", { class: "others" }, others.slice(0, 3).map(choice)) : null,
  ];
}

function pointRow() {
  const point = draft.point;
  const node = byId("locate-state");
  let words = state && t(state);
  if (!state && point) {
    const m = metres(point.accuracy_m);
    const how = point.by === "gps" ? t(point.accuracy_m > POOR_M ? "cr_located_poor" : "cr_located", { m }) : t("cr_pinned");
    words = [how, near].filter(Boolean).join(" · ");
  }
  node.hidden = !words;
  node.textContent = words || "";
}

/** Draw what is known of the place. */
export function drawPlace() {
  pointRow();
  byId("found").replaceChildren(...foundRows().filter(Boolean));
}

async function lookUp() {
  const words = draft.place.trim();
  const mine = ++asked;
  if (words.length < 2) { found = null; drawPlace(); return; }
  try {
    const answer = await knock(`/v1/caller/places?text=${encodeURIComponent(words)}`);
    if (mine !== asked) return;
    found = answer;
    drawPlace();
    showPin({ fit: !draft.point });
  } catch (error) {
    if (mine === asked) { found = error.status === 429 ? { places: [], reason: error.message } : null; drawPlace(); }
  }
}

function heard(position) {
  const { longitude: lon, latitude: lat, accuracy } = position.coords; // browsers speak WGS-84
  state = "";
  put({ lon, lat, accuracy_m: Math.min(Math.max(accuracy || 50, 1), 100_000), by: "gps" });
}

function missed(error) {
  state = error.code === error.PERMISSION_DENIED ? "cr_locate_denied" : "cr_locate_failed";
  drawPlace();
  showMapAnyway();
}

/** Without a position the map still serves to point at. */
async function showMapAnyway() {
  if (map || draft.point || found) return;
  byId("map").hidden = false;
  byId("map-hint").hidden = false;
  making ??= makeMap(byId("map"), { centre, onTap: (point) => { state = ""; put({ ...point, accuracy_m: PINNED_M, by: "pin" }, { fit: false }); } });
  map = await making;
  if (!map) byId("map-hint").hidden = true;
}

function locate() {
  if (!window.isSecureContext || !navigator.geolocation) {
    state = "cr_locate_insecure";
    drawPlace();
    showMapAnyway();
    return;
  }
  state = "cr_locating";
  drawPlace();
  navigator.geolocation.getCurrentPosition(heard, missed, { enableHighAccuracy: true, timeout: 15_000, maximumAge: 15_000 });
}

/** Wire the fields of the place. @param {[number, number]} at where a map starts when nothing is known */
export function startPlace() {
  const field = byId("place");
  field.value = draft.place;
  field.addEventListener("input", () => {
    write({ place: field.value, point: draft.point?.by === "words" ? null : draft.point });
    clearTimeout(timer);
    timer = setTimeout(lookUp, DEBOUNCE_MS);
  });
  byId("locate").addEventListener("click", locate);
  drawPlace();
  if (draft.point) showPin();
  if (draft.place) lookUp();
}

/** Where a map starts when nothing is known. @param {[number, number]} at */
export function startAt(at) { centre = at; }
