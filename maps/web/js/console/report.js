// Taking a report: words in, the place shown while one types, answers by digit, sent with Ctrl+Enter.

import { post } from "../api.js";
import { attempt, byId, h, toast } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { newKey } from "../new_key.js";
import { lacksOf, look } from "./outage.js";
import { askPoint, cancelPin } from "./pin.js";
import { chosenPoint, drawPlace, forgetPlace, heardWords, leavePlace, standsAt, startPlace, usePoint } from "./report_place.js";
import { state, takeIncident } from "./state.js";

const EMPTY = { text: "", plate: "", make: "", phone: "", hospital: "", injured: "unknown", drivable: "unknown", vehicles: "unknown" };
const HURT = { yes: true, no: false, unknown: null };
const QUESTIONS = [
  ["injured", () => [["yes", t("yes")], ["no", t("no")]]],
  ["drivable", () => [["yes", t("drives")], ["no", t("drives_not")]]],
  ["vehicles", () => [["1", "1"], ["2", "2"], ["3", "3+"]]],
];

const draft = { ...EMPTY };
let opened = () => {};
let sending = false;
let tried = { words: "", key: "" };

const field = (id) => byId(`report-${id}`);

async function pointOnMap() {
  document.body.dataset.view = "map";
  const point = await askPoint(standsAt());
  document.body.dataset.view = "side";
  if (point) usePoint(point);
  field("text")?.focus();
}

function said() {
  const { text, plate, make, phone, hospital } = draft;
  const point = chosenPoint();
  return {
    text, plate, make, phone, hospital, injured: HURT[draft.injured], drivable: HURT[draft.drivable], vehicles: Number(draft.vehicles) || null,
    channel: "telephone", ...(point ? { point } : {}),
  };
}

/** The very same report sent again, since its answer was lost, counts once. */
function keyFor(report) {
  const words = JSON.stringify(report);
  if (words !== tried.words) tried = { words, key: newKey() };
  return tried.key;
}

function putAway() {
  Object.assign(draft, EMPTY);
  forgetPlace();
  closeReport();
}

/** Taken, but not in the database yet. */
function queued(report) {
  putAway();
  toast(t("queued_sent", { id: report.provisional_number, lacks: lacksOf(report.preview) }), "ok");
  document.body.dataset.view = "queue";
  return look();
}

/** Send the report, once; the new incident is opened at once. */
export async function sendReport() {
  if (sending) return;
  sending = true;
  await attempt(async () => {
    const report = said();
    const incident = await post("/v1/reports", report, { headers: { "Idempotency-Key": keyFor(report) } });
    tried = { words: "", key: "" };
    if (incident.provisional_number) return queued(incident);
    state.own.add(incident.id);
    takeIncident(incident);
    putAway();
    toast(t("sent", { id: incident.id }), "ok");
    opened(incident.id);
    document.activeElement?.blur?.(); // the next key is for the advice
    return incident;
  }, field("send"));
  sending = false;
}

function textField(name, attributes = {}) {
  const input = h("input", { id: `report-${name}`, value: draft[name], autocomplete: "off", ...attributes, on: { input: (event) => { draft[name] = event.target.value; } } });
  return h("div", { class: "field grow" }, h("label", { for: `report-${name}` }, `${t(name)} `, h("span", { class: "fine" }, t("optional"))), input);
}

/** Focus what comes after a question: the next one, or the first of the other fields. */
function goOn(name) {
  const next = QUESTIONS[QUESTIONS.findIndex(([one]) => one === name) + 1]?.[0];
  (next ? byId("report").querySelector(`input[name=${next}]:checked`) : field("plate")).focus();
}

function choose(name, value) {
  draft[name] = value;
  field("hospital-row").hidden = draft.injured !== "yes";
}

/** One of the quick questions: a digit answers it and goes on to the next. */
function question(name, answers) {
  const all = [...answers, ["unknown", t("not_known")]];
  const inputs = all.map(([value]) => h("input", { type: "radio", name, value, checked: draft[name] === value, on: { change: () => choose(name, value) } }));
  const byDigit = (event) => {
    const i = Number.parseInt(event.key, 10) - 1;
    if (!inputs[i] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    inputs[i].checked = true;
    choose(name, all[i][0]);
    goOn(name);
  };
  return h("fieldset", { class: "field", on: { keydown: byDigit } }, h("legend", {}, t(name)), h("div", { class: "segmented" },
    all.map(([, text], i) => h("label", {}, inputs[i], h("span", {}, h("kbd", {}, String(i + 1)), text)))));
}

/** A digit chooses among the candidates, too. */
function candidateByDigit(event) {
  const input = event.target.name === "candidate" && byId(`candidate-${Number.parseInt(event.key, 10) - 1}`);
  if (!input) return;
  event.preventDefault();
  input.click();
  byId("report").querySelector("input[name=injured]:checked").focus();
}

function draw() {
  const text = h("textarea", {
    id: "report-text", rows: 3, maxlength: 2000, placeholder: t("report_hint"), value: draft.text, data: { testid: "report-text" },
    on: { input: (event) => { draft.text = event.target.value; heardWords(draft.text); } },
  });
  byId("report").replaceChildren(
    h("form", { class: "report-form", on: { submit: (event) => { event.preventDefault(); sendReport(); } } },
      h("div", { class: "section-head" }, h("h2", {}, t("report_new")),
        h("button", { type: "button", class: "button quiet close", "aria-label": t("close"), on: { click: closeReport } }, "✕")),
      h("div", { class: "field" }, h("label", { for: "report-text" }, t("report_text")), text),
      h("div", { id: "report-place", class: "report-place", "aria-live": "polite", on: { keydown: candidateByDigit } }),
      QUESTIONS.map(([name, answers]) => question(name, answers())),
      h("div", { class: "row" }, textField("plate", { maxlength: 20 }), textField("make", { maxlength: 40 }), textField("phone", { maxlength: 30, inputmode: "tel" })),
      h("div", { id: "report-hospital-row", hidden: draft.injured !== "yes" }, textField("hospital", { maxlength: 200, placeholder: t("hospital_hint") })),
      h("div", { class: "row" },
        h("button", { type: "button", class: "button", on: { click: pointOnMap } }, t("choose_point")),
        h("button", { id: "report-send", class: "button primary grow", data: { testid: "report-send" } }, t("send"), h("kbd", {}, "Ctrl+Enter")))));
  drawPlace();
  if (draft.text) heardWords(draft.text);
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
  cancelPin();
  byId("report").hidden = true;
  byId("report").replaceChildren(); // so that nothing hidden is drawn
  byId("detail").hidden = false;
  leavePlace();
}

/** Wire the form. @param {(id: string) => void} open shows an incident */
export function startReport(open) {
  opened = open;
  startPlace((id) => { closeReport(); opened(id); });
  byId("report-open").addEventListener("click", openReport);
  onLanguage(() => { if (reportOpen()) draw(); });
}
