// Taking a report: words in, the place shown while one types, sent with Ctrl+Enter.

import { address, get, post } from "../api.js";
import { attempt, byId, h, toast } from "../dom.js";
import { metres } from "../format.js";
import { label, onLanguage, t } from "../i18n.js";
import { apart_m, isOpen, placeOf } from "./derive.js";
import { previewPlace } from "./map_incidents.js";
import { reveal } from "./map_view.js";
import { askPoint, cancelPin } from "./pin.js";
import { state, takeIncident } from "./state.js";

const DEBOUNCE_MS = 300;
const NEAR_M = 400;

const draft = { text: "", plate: "", make: "", phone: "", injured: "unknown", drivable: "unknown", vehicles: "unknown", point: null, found: null };
let asked = null;
let timer = 0;
let opened = () => {};

const field = (id) => byId(`report-${id}`);

function nearby(place) {
  return [...state.incidents.values()].filter((one) => isOpen(one) && one.location && apart_m(one.location, place) < NEAR_M).slice(0, 3);
}

function usePoint(point) {
  draft.point = point;
  drawPlace();
}

function candidateRow(place, i, many) {
  const chosen = draft.point && draft.point.lon === place.lon && draft.point.lat === place.lat;
  return h("li", { class: "row" },
    many ? h("span", { class: "rank" }, String(i + 1)) : null,
    h("span", { class: "grow" }, h("strong", {}, place.matched_text),
      h("span", { class: "muted" }, ` ${[place.district, label("match_code", place.match_code), t("within", { radius: metres(place.uncertainty_m) })].filter(Boolean).join(" · ")}`)),
    many ? h("button", { type: "button", class: "button", "aria-pressed": String(Boolean(chosen)), on: { click: () => usePoint(chosen ? null : { lon: place.lon, lat: place.lat }) } }, t("choose_here")) : null);
}

function foundRows() {
  const { location, reason } = draft.found;
  if (!location) return [h("p", { class: "notice warn" }, h("strong", {}, t("geo_none")), h("br"), reason)];
  const places = [location, ...location.alternatives].slice(0, 5);
  const near = nearby(draft.point ?? location);
  return [
    h("p", { class: "muted" }, t("geo_found")),
    h("ul", { class: "candidates", data: { testid: "geocode-result" } }, places.map((place, i) => candidateRow(place, i, places.length > 1))),
    location.question ? h("p", { class: "notice", data: { testid: "geocode-question" } }, h("strong", {}, t("geo_ask")), location.question) : null,
    near.length ? h("div", { class: "notice warn" }, t("nearby"), near.map((one) =>
      h("button", { type: "button", class: "button quiet", on: { click: () => { closeReport(); opened(one.id); } } }, placeOf(one) || one.id))) : null,
  ];
}

function drawPlace() {
  const rows = draft.found ? foundRows() : [h("p", { class: "muted" }, t("geo_idle"))];
  if (draft.point) {
    rows.push(h("p", { class: "row" }, h("span", { class: "grow ok" }, t("geo_chosen")),
      h("button", { type: "button", class: "button quiet", on: { click: () => usePoint(null) } }, t("forget_point"))));
  }
  field("place").replaceChildren(...rows.filter(Boolean));
  const pinned = draft.point && { ...draft.point, uncertainty_m: 30, matched_text: "", alternatives: [] };
  previewPlace(pinned ?? draft.found?.location ?? null);
}

async function recognise() {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  if (!draft.text.trim()) { draft.found = null; drawPlace(); return; }
  try {
    const found = await get(address("/v1/geocode", { text: draft.text }), { signal: mine.signal });
    if (mine !== asked) return;
    draft.found = found;
    drawPlace();
    if (found.location && !draft.point) reveal(found.location);
  } catch (error) {
    if (error.name === "AbortError") return;
    draft.found = { location: null, reason: error.message };
    drawPlace();
  }
}

function heard(event) {
  draft.text = event.target.value;
  clearTimeout(timer);
  timer = setTimeout(recognise, DEBOUNCE_MS);
}

async function pointOnMap() {
  document.body.dataset.view = "map";
  const point = await askPoint(draft.point ?? draft.found?.location ?? null);
  document.body.dataset.view = "side";
  if (point) usePoint(point);
  field("text").focus();
}

const HURT = { yes: true, no: false, unknown: null };

/** Send the report; the new incident is opened at once. */
export function sendReport() {
  return attempt(async () => {
    const incident = await post("/v1/reports", {
      text: draft.text, plate: draft.plate, make: draft.make, phone: draft.phone, injured: HURT[draft.injured], drivable: HURT[draft.drivable], vehicles: Number(draft.vehicles) || null, channel: "telephone", ...(draft.point ? { point: draft.point } : {}),
    });
    takeIncident(incident);
    Object.assign(draft, { text: "", plate: "", make: "", phone: "", injured: "unknown", drivable: "unknown", vehicles: "unknown", point: null, found: null });
    closeReport();
    toast(t("sent", { id: incident.id }), "ok");
    opened(incident.id);
  }, field("send"));
}

function textField(name, attributes) {
  const input = h("input", { id: `report-${name}`, value: draft[name], autocomplete: "off", ...attributes, on: { input: (event) => { draft[name] = event.target.value; } } });
  return h("div", { class: "field grow" }, h("label", { for: `report-${name}` }, `${t(name)} `, h("span", { class: "fine" }, t("optional"))), input);
}

/** One of the quick questions. @param {[string, string][]} answers value and text of each */
function question(name, answers) {
  return h("fieldset", { class: "field" }, h("legend", {}, t(name)), h("div", { class: "segmented" },
    [...answers, ["unknown", t("not_known")]].map(([value, text]) => h("label", {},
      h("input", { type: "radio", name, value, checked: draft[name] === value, on: { change: () => { draft[name] = value; } } }), h("span", {}, text)))));
}

const questions = () => [
  question("injured", [["yes", t("yes")], ["no", t("no")]]),
  question("drivable", [["yes", t("drives")], ["no", t("drives_not")]]),
  question("vehicles", [["1", "1"], ["2", "2"], ["3", "3+"]]),
];

function draw() {
  const text = h("textarea", { id: "report-text", rows: 4, maxlength: 2000, placeholder: t("report_hint"), value: draft.text, data: { testid: "report-text" }, on: { input: heard } });
  byId("report").replaceChildren(
    h("form", { class: "report-form", on: { submit: (event) => { event.preventDefault(); sendReport(); } } },
      h("div", { class: "section-head" }, h("h2", {}, t("report_new")),
        h("button", { type: "button", class: "button quiet close", "aria-label": t("close"), on: { click: closeReport } }, "✕")),
      h("div", { class: "field" }, h("label", { for: "report-text" }, t("report_text")), text),
      h("div", { id: "report-place", class: "report-place", "aria-live": "polite" }),
      h("button", { type: "button", class: "button", on: { click: pointOnMap } }, t("choose_point")),
      questions(),
      h("div", { class: "row" }, textField("plate", { maxlength: 20 }), textField("make", { maxlength: 40 }), textField("phone", { maxlength: 30, inputmode: "tel" })),
      h("button", { id: "report-send", class: "button primary block", data: { testid: "report-send" } }, t("send"), h("kbd", {}, "Ctrl+Enter"))));
  drawPlace();
}

export const reportOpen = () => !byId("report").hidden;

/** Open the form; a draft is kept until it is sent. */
export function openReport() {
  byId("report").hidden = false;
  byId("detail").hidden = true;
  document.body.dataset.view = "side";
  draw();
  field("text").focus();
}

/** Put the form away, keeping the draft. */
export function closeReport() {
  asked?.abort();
  cancelPin();
  byId("report").hidden = true;
  byId("detail").hidden = false;
  previewPlace(null);
}

/** Wire the form. @param {(id: string) => void} open shows an incident */
export function startReport(open) {
  opened = open;
  byId("report-open").addEventListener("click", openReport);
  onLanguage(() => { if (reportOpen()) draw(); });
}
