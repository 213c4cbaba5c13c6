// What calls a dispatcher: each call is a line on the screen, read aloud, in the title, and with a sound. Never a sound alone.

import { now_ms } from "../clock.js";
import { byId, h, setText } from "../dom.js";
import { minute } from "../format.js";
import { about, label, onLanguage, t } from "../i18n.js";
import { soon } from "../soon.js";
import { countsOf, isOpen, openAssignments, placeOf } from "./derive.js";
import { ring } from "./sound.js";
import { on, state } from "./state.js";

const MOST = 4;
const NOTICE_MS = 90_000; // a notice goes by itself; danger stays while its cause does
const BLINK_MS = 1000;
const GATHER_MS = 300;
const LOUD = ["danger", "unanswered", "decision", "new", "notice"]; // of several at once the first rings
const DANGER = new Set(["late", "unassigned"]);
const UNANSWERED = "无应答"; // the service's own reason for taking an offer back

const calls = []; // newest first: {key, incidentId, kind, say, at}
const seen = new Set();
let primed = false;
let open = () => {};
let blink = false;

const nameOf = (incident) => placeOf(incident) || incident.text || incident.id;

/** Everything about an incident that calls, each under a key of its own. */
function callsOf(incident, now) {
  const found = [];
  const call = (key, kind, say) => found.push({ key: `${incident.id} ${key}`, incidentId: incident.id, kind, say });
  const name = nameOf(incident);
  if (!state.own.has(incident.id)) call("new", "new", () => t("call_new", { name }));
  for (const risk of incident.risks) {
    call(`${risk.risk} ${risk.assignment_id}`, DANGER.has(risk.risk) ? "danger" : "notice", () => about(label("risk", risk.risk, risk.risk_label), name));
  }
  for (const one of incident.assignments) {
    const waited_s = (now - Date.parse(one.offered_at)) / 1000;
    if (one.status === "offered" && waited_s > state.answerWithin_s / 2) call(`waits ${one.id}`, "unanswered", () => t("call_waits", { unit: one.unit_name, name }));
    if (one.status === "released" && one.ended_reason === UNANSWERED) call(`unanswered ${one.id}`, "unanswered", () => t("call_unanswered", { unit: one.unit_name, name }));
    if (one.status === "declined") call(`declined ${one.id}`, "unanswered", () => t("call_declined", { unit: one.unit_name, name }));
    if (one.replacement) call(`replacement ${one.id}`, "decision", () => t("call_replacement", { unit: one.unit_name, name }));
  }
  return found;
}

/** Whether what a call is about is still so. */
function stands(call, now) {
  const incident = state.incidents.get(call.incidentId);
  if (!incident || !isOpen(incident) || state.selectedId === call.incidentId) return false;
  if (call.kind === "new") return !openAssignments(incident).length && !incident.hold && now - call.at < NOTICE_MS;
  if (call.kind === "danger" || call.kind === "decision") return callsOf(incident, now).some((one) => one.key === call.key);
  return now - call.at < NOTICE_MS;
}

function listen() {
  if (!state.ready) return;
  const now = now_ms();
  const found = [...state.incidents.values()].filter(isOpen).flatMap((incident) => callsOf(incident, now));
  const fresh = found.filter((one) => !seen.has(one.key));
  const standing = new Set(found.map((one) => one.key));
  for (const key of seen) if (!standing.has(key) && !key.endsWith(" new")) seen.delete(key); // what comes again calls again
  for (const one of found) seen.add(one.key);
  const rings = primed ? fresh.filter((one) => one.incidentId !== state.selectedId || one.kind !== "new") : [];
  primed = true;
  if (rings.length) announce(rings.map((one) => ({ ...one, at: now })));
  else tidy();
}

/** Show, say and sound what is new. */
function announce(fresh) {
  fresh.sort((a, b) => LOUD.indexOf(a.kind) - LOUD.indexOf(b.kind));
  calls.unshift(...fresh);
  const [first] = fresh;
  setText(byId(first.kind === "danger" ? "spoken-now" : "spoken"), first.say());
  draw();
  ring(first.kind);
}

function tidy() {
  const now = now_ms();
  const left = calls.filter((call) => stands(call, now));
  if (left.length === calls.length) return;
  calls.splice(0, calls.length, ...left);
  draw();
}

function row(call) {
  return h("button", {
    type: "button", class: `call ${call.kind}`, data: { testid: "call", kind: call.kind, id: call.incidentId }, on: { click: () => open(call.incidentId) },
  }, h("span", { class: "grow ellipsis" }, call.say()), h("time", { class: "number" }, minute(call.at)));
}

function draw() {
  const box = byId("calls");
  box.hidden = !calls.length;
  if (calls.length) {
    box.replaceChildren(...calls.slice(0, MOST).map(row), h("button", {
      type: "button", class: "button quiet", data: { testid: "calls-seen" }, on: { click: dismissCalls },
    }, calls.length > MOST ? t("calls_seen_more", { n: calls.length - MOST }) : t("calls_seen")));
  } else box.replaceChildren();
  title();
}

/** The title: how much needs somebody, and by turns the latest call until it is looked at. */
function title() {
  const counts = countsOf(state, now_ms());
  const n = counts.waiting + counts.alarms;
  const plain = `${n ? `(${n}) ` : ""}${t("console_title")}`;
  blink = calls.length > 0 && !blink;
  document.title = blink ? `【!】${calls[0].say()}` : plain;
}

/** All has been seen. */
export function dismissCalls() {
  calls.length = 0;
  draw();
}

/** Open the incident of the latest call. */
export function openCall() {
  if (calls.length) open(calls[0].incidentId);
}

/** Begin to call. @param {(id: string) => void} openIncident shows an incident */
export function startCalls(openIncident) {
  open = openIncident;
  on("incidents", soon(listen, GATHER_MS));
  on("selection", tidy);
  onLanguage(draw);
  setInterval(() => { listen(); title(); }, BLINK_MS);
}
