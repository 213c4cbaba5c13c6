// The surveyor's phone: one job, one main button.

import { get, post } from "./api.js";
import { now_ms } from "./clock.js";
import { attempt, byId, h, setText, toast } from "./dom.js";
import { metres, minute } from "./format.js";
import { label, language, onLanguage, t } from "./i18n.js";
import { follow } from "./live.js";
import { showLink, showProvenance, startShell } from "./shell.js";
import { drawJob, mine, shopFor } from "./surveyor_job.js";
import { followPosition, metresBetween } from "./surveyor_position.js";
import "./recovery_words.js";
import "./surveyor_words.js";

const NEXT = { offered: "accept", accepted: "depart", en_route: "arrive", on_scene: "clear" };
const LEADS_TO = { accept: "accepted", depart: "en_route", arrive: "on_scene", clear: "cleared", deliver: "cleared" };
const ORDER = ["offered", "accepted", "en_route", "on_scene", "cleared"];
const REASONS = ["busy", "vehicle", "far", "end", "other"];
const CALM_MS = 1200; // a second tap of the same finger must not press the next step
const FAR_M = 500;
const GUANGZHOU = { lon: 113.5, lat: 23.25 };
const SERVED_KM = 100; // beyond this no road of ours begins

let link = "waiting";
const my = { name: "", unitId: null, unit: null, incident: null, schematic: false, busy: false, calm: false, unsent: null };
let position = null;
let card = null;

const job = () => mine(my.incident, my.unitId);

/** The main button's step: a tow with a vehicle for a repair shop is done when it is there. */
const nextStep = (now) => (now.status === "on_scene" && shopFor(my.incident, now) ? "deliver" : NEXT[now.status]);
const title = document.title;

/** Where the phone is, if it knows and that is fresh. */
const here = () => (position?.place.state === "ok" ? position.place.last : null);

function away_m() {
  const at = here();
  return at && my.incident?.location ? metresBetween(at, my.incident.location) : null;
}

// --- what is shown

function showHead() {
  setText(byId("unit-name"), my.unit?.name ?? my.name);
  const status = byId("unit-status");
  status.hidden = !my.unit;
  if (my.unit) setText(status, label("unit_status", my.unit.status, my.unit.status_label));
  showProvenance({ simulated: Boolean(my.unit?.simulated || my.incident?.simulated), schematic: my.schematic });
}

function idleWords() {
  if (my.unit?.duty === "break") return t("sv_on_break", { at: minute(my.unit.duty_until) });
  return my.unit && !my.unit.on_shift ? t("sv_off_shift") : t("sv_no_job_text");
}

function showDuty() {
  byId("duty").hidden = !my.unit || Boolean(job());
  byId("duty-on").hidden = my.unit?.on_shift && my.unit?.duty !== "break";
  byId("duty-break").hidden = !my.unit?.on_shift || my.unit?.duty === "break";
  byId("duty-off").hidden = !my.unit?.on_shift;
}

const changeDuty = (kind) => (event) => attempt(async () => {
  takeUnit(await post(`/v1/units/${encodeURIComponent(my.unitId)}/duty`, { kind }));
  show();
}, event.currentTarget);

function emptyCard() {
  const [head, text] = my.unitId
    ? [t("sv_no_job"), idleWords()]
    : [t("sv_no_unit"), t("sv_no_unit_text", { name: my.name })];
  return h("div", { class: "no-job", data: { testid: "no-job" } }, h("strong", {}, head), h("p", {}, text));
}

/** What a screen reader should say; not the countdown, which would never stop. */
function speak() {
  const now = job();
  const place = my.incident?.location?.matched_text ?? "";
  setText(byId("spoken"), now ? `${label("assignment_status", now.status, now.status_label)} ${place}` : t("sv_no_job"));
}

function showJob() {
  speak();
  showDuty();
  card = job() ? drawJob(my.incident, job()) : null;
  byId("job").replaceChildren(card ? card.node : emptyCard());
  tick();
}

/** Drawn anew only when it means something else: a button must not vanish under the finger. */
function showActions() {
  const now = job();
  const bar = byId("actions");
  const meaning = [now?.id, now?.status, now && nextStep(now), my.busy, my.calm, language()].join();
  if (bar.dataset.meaning === meaning) return;
  bar.dataset.meaning = meaning;
  bar.hidden = !now;
  if (!now) { bar.replaceChildren(); return; }
  const offered = now.status === "offered";
  const press = nextStep(now);
  const main = h("button", {
    type: "button", class: `button main ${my.busy ? "busy" : ""}`, "aria-busy": my.busy ? "true" : null, disabled: my.calm,
    data: { testid: offered ? "offer-accept" : "main-action", step: press }, on: { click: () => pressMain(press) },
  }, my.busy ? t("sv_sending") : t(`sv_${press}`));
  const refuse = offered && h("button", {
    type: "button", class: "button refuse", data: { testid: "offer-decline" }, on: { click: askWhy },
  }, t("sv_decline"));
  const without = press === "deliver" && h("button", {
    type: "button", class: "button refuse", disabled: my.calm, data: { testid: "clear-without" }, on: { click: () => pressMain("clear") },
  }, t("sv_clear_without"));
  bar.replaceChildren(...[refuse, without, main].filter(Boolean));
}

function showUnsent() {
  byId("unsent").hidden = !my.unsent;
  if (my.unsent) setText(byId("unsent-text"), t("sv_unsent", { what: t(`sv_${my.unsent.press}`), why: my.unsent.why }));
}

function positionWords({ state, last, sentAt_ms, problem, refused, waiting }) {
  if (state === "off") return ["warn", t("sv_pos_off")];
  if (state === "denied") return ["danger", t("sv_pos_denied")];
  if (state === "insecure") return ["danger", t("sv_pos_insecure")];
  if (state === "missing") return ["warn", t("sv_pos_missing")];
  if (!last) return ["warn", t("sv_pos_wait")];
  const away_km = Math.round(metresBetween(last, GUANGZHOU) / 1000);
  if (away_km > SERVED_KM) return ["warn", t("sv_pos_far", { km: away_km })];
  if (problem) return ["warn", t("sv_pos_unsent", { n: waiting, why: problem })];
  if (refused) return ["danger", t("sv_pos_refused", { why: refused })];
  const m = metres(last.accuracy_m);
  if (!sentAt_ms) return ["", t("sv_pos_first", { m })];
  return ["", t("sv_pos_ok", { m, s: t("sv_seconds", { n: Math.max(0, Math.round((Date.now() - sentAt_ms) / 1000)) }) })];
}

const positionText = h("p", { data: { testid: "position-text" } });
const positionAgain = h("button", { type: "button", class: "button", hidden: true, on: { click: () => position.again() } });

function showPosition() {
  byId("position").hidden = !position;
  if (!position) return;
  const [kind, words] = positionWords(position.place);
  byId("position").className = `position ${kind}`;
  byId("position").dataset.state = position.place.state;
  setText(positionText, words);
  setText(positionAgain, t("sv_pos_retry"));
  positionAgain.hidden = position.place.state !== "denied";
}

function tick() {
  card?.tick(now_ms(), away_m());
  showPosition();
  document.title = job()?.status === "offered" && Math.floor(Date.now() / 1000) % 2 ? `● ${t("sv_new_offer")}` : title;
}

function show() { showHead(); showJob(); showActions(); showUnsent(); }

// --- what comes in

function take(incident) {
  if (incident.id === my.incident?.id && incident.version < my.incident.version) return;
  const before = job();
  const open = mine(incident, my.unitId);
  if (!open && incident.id !== my.incident?.id) return;
  my.incident = open ? incident : null;
  if (open?.status === "offered" && before?.id !== open.id) navigator.vibrate?.([300, 150, 300]);
  if (before && !open) leave(incident.assignments.find((one) => one.id === before.id));
  show();
}

function leave(ended) {
  my.unsent = null;
  for (const open of document.querySelectorAll("dialog[open]")) open.close("cancel");
  if (ended?.status === "released") toast(t("sv_taken_away", { why: ended.ended_reason }), "error");
}

function takeUnit(unit) {
  my.unit = unit;
  if (unit.on_shift || job()) position.start(); else position.stop();
  showHead();
  showDuty();
}

async function refresh() {
  if (!my.unitId) return;
  const unit = encodeURIComponent(my.unitId);
  const [state, jobs] = await Promise.all([get(`/v1/units/${unit}`), get(`/v1/units/${unit}/assignments`)]);
  const open = jobs.find((incident) => mine(incident, my.unitId));
  if (open) take(open);
  else if (my.incident) await learnTheEnd(my.incident.id);
  takeUnit(state);
  show();
}

/** My job ended while I was not listening: ask how, so that the surveyor is told. */
async function learnTheEnd(id) {
  try {
    take(await get(`/v1/incidents/${encodeURIComponent(id)}`));
  } catch (error) {
    if (error.status !== 403 && error.status !== 404) throw error;
    my.incident = null;
  }
}

// --- what goes out

/** A tow that leaves without the vehicle a repair shop waits for must say why. */
function askWhyNotTowed() {
  const asked = nextStep(job()) === "deliver";
  byId("clear-why-field").hidden = !asked;
  Object.assign(byId("clear-why"), { value: "", required: asked });
}

function bodyOf(press) {
  const at = here();
  if (press === "clear" && byId("clear-why").value.trim()) return { reason: byId("clear-why").value.trim() };
  if (press !== "arrive" && press !== "deliver") return undefined;
  return { point: at && { lon: at.lon, lat: at.lat, crs: at.crs, accuracy_m: at.accuracy_m } };
}

async function pressMain(press) {
  if (my.busy || my.calm) return;
  if (press === "clear") askWhyNotTowed();
  if (["clear", "deliver"].includes(press) && (await ask(`${press}-dialog`)) !== "send") return;
  await send({ press, id: job()?.id, body: bodyOf(press), away_m: away_m() });
}

/** Send one step. Sent twice, the second finds the step done and is quietly dropped. */
async function send(step) {
  if (my.busy || !step.id) return;
  my.busy = true;
  my.unsent = null;
  showActions();
  showUnsent();
  try {
    take(await post(`/v1/assignments/${encodeURIComponent(step.id)}/${step.press}`, step.body));
    if (step.press === "arrive" && step.away_m > FAR_M) toast(t("sv_far_from_scene", { m: metres(step.away_m) }));
  } catch (error) {
    await mend(step, error);
  } finally {
    my.busy = false;
    my.calm = true;
    setTimeout(() => { my.calm = false; showActions(); }, CALM_MS);
    show();
  }
}

async function mend(step, error) {
  if (error.name !== "ApiError") throw error;
  if (error.status === 0 || error.status >= 500) { my.unsent = { ...step, why: error.message }; return; }
  if (error.status === 409) {
    await refresh().catch(() => {});
    const now = job();
    const reached = !now || now.id !== step.id || ORDER.indexOf(now.status) >= ORDER.indexOf(LEADS_TO[step.press]);
    if (reached) return;
  }
  toast(error.message, "error");
}

/** Show a dialog and wait for its answer: the value of the button, or "cancel". */
function ask(id) {
  const dialog = byId(id);
  return new Promise((answer) => {
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => answer(dialog.returnValue || "cancel"), { once: true });
    dialog.showModal();
  });
}

const chosenReason = () => document.querySelector("#decline-reasons input:checked")?.value;
const reasonText = () => (chosenReason() === "other" ? byId("decline-other").value.trim() : chosenReason() ? t(`sv_decline_${chosenReason()}`) : "");

function checkReason() {
  byId("decline-other-field").hidden = chosenReason() !== "other";
  byId("decline-send").disabled = !reasonText();
}

async function askWhy() {
  if (my.busy) return;
  const id = job()?.id;
  byId("decline-reasons").replaceChildren(...REASONS.map((value) =>
    h("label", {}, h("input", { type: "radio", name: "reason", value }), t(`sv_decline_${value}`))));
  byId("decline-other").value = "";
  checkReason();
  if ((await ask("decline-dialog")) === "send" && job()?.id === id) await send({ press: "decline", id, body: { reason: reasonText() } });
}

// --- start

function wire() {
  byId("position").replaceChildren(positionText, positionAgain);
  byId("decline-dialog").addEventListener("input", checkReason);
  byId("decline-other").addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); byId("decline-send").click(); }
  });
  for (const kind of ["on", "break", "off"]) byId(`duty-${kind}`).addEventListener("click", changeDuty(kind));
  byId("unsent-retry").addEventListener("click", () => send(my.unsent));
  byId("unsent-drop").addEventListener("click", () => { my.unsent = null; showUnsent(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh().catch(() => {}); });
  onLanguage(() => { show(); showLink(link); });
  setInterval(tick, 1000);
}

async function start() {
  startShell();
  wire();
  const [session, meta] = await Promise.all([get("/v1/session"), get("/v1/meta")]);
  Object.assign(my, { name: session.username, unitId: session.unit_id, schematic: meta.network.schematic });
  if (my.unitId) position = followPosition(my.unitId, showPosition);
  show();
  if (!my.unitId) { byId("live-badge").hidden = true; return; }
  follow({
    onOpen: refresh,
    onIncident: take,
    onUnits: (units) => units.filter((unit) => unit.id === my.unitId).forEach(takeUnit),
    onState: (state) => { link = state; showLink(state); byId("lost").hidden = state !== "lost"; },
  });
}

start().catch((error) => toast(error.message, "error"));
