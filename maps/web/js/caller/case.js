// The page of one case, behind its secret link.

import { byId, h, setText } from "../dom.js";
import { minute } from "../format.js";
import { applyWords, onLanguage, t, toggleLanguage } from "../i18n.js";
import "./words.js";
import { helpPart, placePart, ratingPart, writing } from "./case_asks.js";
import { followCase } from "./case_live.js";
import { nowPart, stepsPart, when } from "./case_parts.js";
import { knock, telephone } from "./door.js";
import { send as sendPhoto } from "./photos.js";
import { makeMap } from "./pin_map.js";

const token = location.pathname.split("/").pop();
const base = `/v1/cases/${token}`;
const PINNED_M = 30;
const HELD_MS = 50;
const ROLES = ["surveyor", "tow_unit"];
const OVER = ["surveyed", "cancelled"];

let shown = null;
let map = null;
let making = null;
let follower = null;
let fitted = "";
const drawn = new Map();

/** Redraw a part where what it shows has changed, keeping the focus and what is being typed. */
function fill(id, children, depends) {
  const mark = JSON.stringify([document.documentElement.lang, depends]);
  if (drawn.get(id) === mark) return;
  drawn.set(id, mark);
  const node = byId(id);
  const active = node.contains(document.activeElement) ? document.activeElement : null;
  const { key } = active?.dataset ?? {};
  const caret = active?.selectionStart ?? null;
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  const again = key ? node.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  again?.focus({ preventScroll: true });
  if (again && caret !== null && again.setSelectionRange && again.type !== "tel") again.setSelectionRange(caret, caret);
}

function draw() {
  if (!shown) return;
  const { coming } = shown;
  setText(byId("company"), shown.company);
  setText(byId("number"), shown.number);
  const minuteOf = shown.as_of.slice(0, 16);
  const people = coming.map(({ position, eta, ...one }) => ({ ...one, eta: eta && [eta.p10_at, eta.p50_at, eta.p90_at].map((at) => at.slice(0, 16)) }));
  const state = { phase: shown.phase, people, due: shown.due_at, minuteOf, arrived: shown.arrived_at, partner: shown.partner, merged: shown.merged_into };
  fill("now", nowPart(shown), state);
  const mine = { ...writing, place: writing.place !== null, callback: writing.callback !== null, words: "", phone: "" };
  fill("place", placePart(shown, acts), [shown.place, shown.doubt, shown.may_doubt, mine.place, mine.busy, mine.trouble]);
  fill("steps", stepsPart(shown), [shown.steps, shown.result_told_at, shown.as_of.slice(0, 10)]);
  fill("rating", ratingPart(shown, acts), [shown.rating, shown.may_rate, mine]);
  fill("help", helpPart(shown, acts), [shown.callback, shown.photos, shown.telephone, minuteOf, mine]);
  fill("about", [h("p", {}, [t("cc_reported", { time: when(shown.reported_at, shown.as_of) }), t("cc_keep")].join(" · "))], [shown.reported_at]);
  drawMap();
}

async function drawMap() {
  const over = OVER.includes(shown.phase) && !shown.coming.length;
  const seen = over && writing.place === null ? null : shown.place ?? (writing.place !== null ? writing.point : null);
  byId("map").hidden = !seen && writing.place === null;
  const units = shown.coming.filter((one) => one.position);
  for (const role of ROLES) if (!units.some((one) => one.role === role)) map?.unpin(role); // seen only while on the way
  if (byId("map").hidden) return;
  making ??= makeMap(byId("map"), { centre: seen ? [seen.lon, seen.lat] : [113.32, 23.12], onTap: tapped });
  map = await making;
  if (!map || !shown) return;
  if (shown.place) map.pin("scene", shown.place, { label: t("cc_scene") });
  map.disc(shown.place, shown.place?.uncertainty_m);
  for (const one of shown.coming) if (one.position) map.pin(one.role, one.position, { kind: "unit", label: t("cc_unit") });
  if (writing.place !== null && writing.point) map.pin("doubt", writing.point, { kind: "doubt", label: t("cc_doubt"), onDrag: tapped }); else map.unpin("doubt");
  const who = JSON.stringify([shown.place, units.map((one) => one.role)]);
  if (who !== fitted || units.some((one) => !map.sees(one.position))) { map.fit({ animate: Boolean(fitted) }); fitted = who; }
}

function tapped(point) {
  if (writing.place === null) return;
  writing.point = point;
  drawMap();
}

async function tell(part, path, json, done) {
  Object.assign(writing, { busy: true, trouble: "", troubleIn: part });
  draw();
  try {
    shown = await knock(`${base}/${path}`, { method: "POST", json });
    done();
  } catch (error) {
    writing.trouble = error.message;
  } finally {
    writing.busy = false;
    draw();
  }
}

const set = (changes) => { Object.assign(writing, changes); draw(); };

async function addPhotos(files) {
  const room = shown.most_photos - shown.photos;
  const chosen = files.slice(0, room);
  writing.trouble = "";
  for (const [i, file] of chosen.entries()) {
    set({ uploading: t("cr_uploading", { i: i + 1, n: chosen.length }) });
    try {
      shown = await sendPhoto(token, file);
    } catch (error) {
      set({ uploading: "", trouble: error.message, troubleIn: "photos" });
      return;
    }
  }
  set({ uploading: "" });
}

const acts = {
  openPlace: () => { set({ place: "", point: null, trouble: "" }); byId("ask-place").focus(); },
  closePlace: () => set({ place: null, point: null, trouble: "" }),
  sendPlace: () => tell("place", "place", {
    text: writing.place.trim(), point: writing.point && { ...writing.point, crs: "wgs84", accuracy_m: PINNED_M },
  }, () => Object.assign(writing, { place: null, point: null })),
  openCallback: () => { set({ callback: "", trouble: "" }); byId("ask-callback").focus(); },
  closeCallback: () => set({ callback: null, trouble: "" }),
  reason: (reason) => { writing.callback = reason; byId("ask-callback").value = reason; },
  sendCallback: () => tell("callback", "callback", { reason: writing.callback.trim() || t("cc_callback"), phone: writing.phone.trim() },
    () => { writing.callback = null; }),
  addPhotos,
  star: (n) => set({ stars: n }),
  changeRating: () => set({ rating: true, stars: shown.rating.stars, words: shown.rating.words }),
  sendRating: () => tell("rating", "rating", { stars: writing.stars, words: writing.words.trim() }, () => { writing.rating = false; }),
};

async function drawGone() {
  follower?.stop();
  for (const id of ["now", "map", "place", "steps", "rating", "help", "about", "lost"]) byId(id).hidden = true;
  setText(byId("number"), "");
  const desk = await knock("/v1/caller/desk").catch(() => null);
  setText(byId("company"), desk?.company ?? "");
  byId("gone").hidden = false;
  byId("gone").replaceChildren(h("h2", {}, t("cc_gone")), h("p", {}, t("cc_gone_hint")),
    desk?.telephone ? h("a", { class: "button primary big block", href: telephone(desk.telephone) }, t("cr_call_number", { number: desk.telephone })) : "");
}

/** Once no finger is on a button: a tap on what is drawn anew meanwhile would be lost. */
async function lifted() {
  while (document.querySelector("button:active")) await new Promise((resolve) => { setTimeout(resolve, HELD_MS); });
}

let gone = false;
async function fetchCase() {
  try {
    const found = await knock(base);
    await lifted();
    if (!shown || found.as_of >= shown.as_of) shown = found;
    draw();
  } catch (error) {
    if (error.status !== 404) throw error;
    gone = true;
    await drawGone();
  }
}

let link = "live";
function sayLink(state = link) {
  link = state;
  const node = byId("lost");
  node.hidden = link !== "lost" || gone;
  if (!node.hidden) setText(node, shown ? t("cc_lost", { time: minute(shown.as_of) }) : t("live_lost"));
}

function words() {
  applyWords();
  document.title = t("cc_title");
  if (gone) drawGone(); else draw();
  sayLink();
}

byId("language").addEventListener("click", toggleLanguage);
onLanguage(words);
applyWords();
byId("now").replaceChildren(h("p", { class: "muted" }, t("cc_loading")));
follower = followCase(`${base}/live`, { fetch: fetchCase, onState: sayLink });
if (gone) follower.stop();
