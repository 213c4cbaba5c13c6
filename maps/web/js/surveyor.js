// The surveyor's phone: one job, one main button. What is pressed is written down first, then shown, then sent.

import { get, goToLogin } from "./api.js";
import { now_ms } from "./clock.js";
import { byId, toast } from "./dom.js";
import { metres } from "./format.js";
import { onLanguage, t } from "./i18n.js";
import { follow } from "./live.js";
import { enqueue, onOutbox, start as startOutbox, send, waiting } from "./outbox.js";
import { unlock } from "./phone/alarm.js";
import { ask, askClear, askReason, closeAll, sure, wireDialogs } from "./phone/dialogs.js";
import { install } from "./phone/installed.js";
import { here, nextStep, show, showLinkState, tick, awayFromScene, track } from "./phone/page.js";
import { mine } from "./phone/projected.js";
import { skew_s, watchSkew } from "./phone/skew.js";
import { current, isOffline, my, recall, reset, save } from "./phone/state.js";
import { forget } from "./phone/store.js";
import { okWithoutForm } from "./scene/entry.js";
import { forgetPush, showPush } from "./push.js";
import { offerPassword, startShell } from "./shell.js";
import "./recovery_words.js";
import "./phone/words.js";

const CALM_MS = 1200; // a second tap of the same finger must not press the next step
const FAR_M = 500;
const SILENCE_MS = 8000; // a beat comes every 5 s, and may be late by 3: what is pressed is kept and sent either way, so a loss need not be known sooner

// --- what comes in

const heard = new Map(); // when the stream last told of an incident, in turns: what was asked for before is older
let turn = 0;

function hear(incident) {
  heard.set(incident.id, ++turn);
  take(incident);
}

function take(incident) {
  const before = my.incidents.get(incident.id);
  if (before && incident.version < before.version) return;
  if (mine(incident, my.unitId)) my.incidents.set(incident.id, incident);
  else if (before) end(before, incident);
  save();
  show();
}

function end(before, incident) {
  const was = mine(before, my.unitId);
  ended(incident.id, incident.assignments.find((one) => one.id === was?.id));
  loadDay();
}

/** A job is over; whoever lost it is told why. @param {{status: string, ended_reason: string}} [how] */
function ended(id, how) {
  my.incidents.delete(id);
  closeAll();
  if (how?.status === "released") toast(t("sv_taken_away", { why: how.ended_reason }), "error");
}

function takeUnit(unit) {
  my.told = unit;
  save();
  show();
}

async function loadDay() {
  try {
    my.day = await get(`/v1/units/${encodeURIComponent(my.unitId)}/day`, { stay: true });
    save();
    show();
  } catch { /* shown as last known */ }
}

async function refresh(isStill = () => true) {
  const asked = ++turn;
  const isNewer = (id) => heard.get(id) > asked;
  const path = `/v1/units/${encodeURIComponent(my.unitId)}`;
  const [unit, jobs, day] = await Promise.all([get(path), get(`${path}/assignments`), get(`${path}/day`)]);
  if (!isStill()) return;
  const open = new Set(jobs.map((incident) => incident.id));
  my.day = day;
  jobs.filter((incident) => !isNewer(incident.id)).forEach(take);
  // What ended while nobody listened stands in the day's list.
  for (const id of [...my.incidents.keys()].filter((known) => !open.has(known) && !isNewer(known))) ended(id, day.find((job) => job.incident_id === id));
  takeUnit(unit);
}

// --- what goes out

/** When, where and how it was pressed; the service weighs it. */
function captured(captured_at) {
  const at = here();
  const point = at && { lon: at.lon, lat: at.lat, crs: at.crs, accuracy_m: at.accuracy_m };
  return { captured_at, point, skew_s: skew_s(), offline: isOffline() };
}

/** Write a step of the job down; it is shown at once, and sent as soon as that works. */
async function act(step, { incident, assignment }, more = {}) {
  track()?.mark();
  const captured_at = new Date(now_ms()).toISOString();
  await enqueue({
    path: `/v1/assignments/${encodeURIComponent(assignment.id)}/${step}`,
    body: { ...more, captured: captured(captured_at) },
    captured_at,
    about: { what: step, chain: assignment.id, job: assignment.id, incident: incident.id, place: incident.location?.matched_text },
  });
}

async function press(step) {
  const now = current();
  if (my.calm || !now) return;
  if (step === "clear" && !(await okWithoutForm())) return;
  const more = step === "clear" ? await askClear(nextStep(now) === "deliver") : {};
  if (!more || (step === "deliver" && (await ask("deliver-dialog")) !== "send")) return;
  if (current()?.assignment.id !== now.assignment.id) return;
  const away_m = awayFromScene();
  await act(step, now, more);
  if (step === "arrive" && away_m > FAR_M) toast(t("sv_far_from_scene", { m: metres(away_m) }));
  my.calm = true;
  show();
  setTimeout(() => { my.calm = false; show(); }, CALM_MS);
}

async function decline() {
  const now = current();
  const reason = await askReason();
  if (reason && current()?.assignment.id === now?.assignment.id) await act("decline", now, { reason });
}

async function changeDuty(kind) {
  const captured_at = new Date(now_ms()).toISOString();
  await enqueue({
    path: `/v1/units/${encodeURIComponent(my.unitId)}/duty`, body: { kind, captured: captured(captured_at) }, captured_at,
    about: { what: "duty", kind, chain: "duty" },
  });
}

/** An answer is what now stands; the entry goes only after it is shown. */
function hearAnswer(entry, answer) {
  if (answer?.assignments) take(answer);
  else if (entry.about.what === "duty") takeUnit(answer);
}

function hearRefusal(entry) {
  if (entry.problem.status === 409 && !isOffline()) refresh().catch(() => {});
}

// --- start

async function mayLeave() {
  const n = waiting().length;
  if (n && !(await sure({ title: t("sv_leave_title", { n }), text: t("sv_leave_text"), yes: t("sv_leave_yes") }))) return false;
  await forgetPush();
  await forget();
  return true;
}

function wire() {
  startShell({ beforeSignOut: mayLeave });
  wireDialogs();
  onOutbox({ onChange: show, onAnswer: hearAnswer, onRefused: hearRefusal });
  document.addEventListener("gz:press", (event) => press(event.detail));
  document.addEventListener("gz:decline", decline);
  for (const kind of ["on", "break", "off"]) byId(`duty-${kind}`).addEventListener("click", () => changeDuty(kind));
  byId("sound").addEventListener("click", () => unlock().then(show));
  document.addEventListener("pointerdown", () => unlock({ quietly: true }).then(show, () => {}), { once: true });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) { track()?.look(); send(); refresh().catch(() => {}); }
  });
  for (const change of ["online", "offline"]) window.addEventListener(change, () => { showLinkState(); show(); });
  onLanguage(() => { show(); showLinkState(); });
  setInterval(tick, 1000);
}

/** Who is signed in: the service says it; without signal, what was kept does. */
async function learnWho() {
  const kept = await recall();
  try {
    const [session, meta] = await Promise.all([get("/v1/session", { stay: true }), get("/v1/meta", { stay: true })]);
    offerPassword(session);
    if (kept && session.username !== my.name) reset();
    Object.assign(my, { name: session.username, unitId: session.unit_id, schematic: meta.network.schematic });
    save();
    return true;
  } catch (error) {
    if (error.status === 401) { goToLogin(); return false; }
    if (!kept) toast(t("sv_first_visit"), "error");
    if (kept && error.status === 0) my.link = "lost";
    return kept;
  }
}

async function start() {
  wire();
  if (!(await learnWho())) return;
  show();
  install();
  if (!my.unitId) { byId("live-badge").hidden = true; return; }
  watchSkew().then(show);
  showPush(byId("push")).catch(() => { /* no signal: offers come to the open page */ });
  await startOutbox(my.name, { first: () => track()?.flush() });
  show();
  follow({
    onOpen: refresh,
    onIncident: hear,
    onUnits: (units) => units.filter((unit) => unit.id === my.unitId).forEach(takeUnit),
    onState: (state) => { my.link = state; showLinkState(); show(); if (state === "live") send(); },
    silence_ms: SILENCE_MS,
  });
}

start().catch((error) => { toast(error.message, "error"); console.error(error); });
