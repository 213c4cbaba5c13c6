// What the phone shows: head, job, main button, position; drawn from what is known and what waits.

import { now_ms } from "../clock.js";
import { apart_m } from "../distance.js";
import { byId, h, setText } from "../dom.js";
import { metres, minute } from "../format.js";
import { label, language, t } from "../i18n.js";
import { send } from "../outbox.js";
import { showScene } from "../scene/entry.js";
import { showLink, showProvenance } from "../shell.js";
import { isLocked, soundAlarm, stayAwake } from "./alarm.js";
import { dayList } from "./day_list.js";
import { drawJob, shopFor } from "./job_card.js";
import { positionWords } from "./position_words.js";
import { shownSkew_s } from "./skew.js";
import { current, isOffline, my, unit } from "./state.js";
import { rhythmOf, trackPhone } from "./tracking.js";
import { showWaiting } from "./waiting_panel.js";

const NEXT = { offered: "accept", accepted: "depart", en_route: "arrive", on_scene: "clear" };
const title = document.title;

let position = null;
let card = null;

/** The phone's tracker; null while nobody with a unit is signed in. */
export function track() {
  if (!position && my.unitId) position = trackPhone({ owner: my.name, unitId: my.unitId, onChange: showPosition, onKept: send });
  return position;
}

/** Where the phone is, if it knows. */
export const here = () => (position?.place.state === "ok" ? position.place.last : null);

/** Straight metres to the next stop that is not the shop; null where either end is unknown. */
export function awayFromScene() {
  const at = here();
  const stop = current()?.assignment.next_stop;
  return at && stop && stop.kind !== "shop" ? apart_m(at, stop) : null;
}

/** The main button's step: a tow with a vehicle for a repair shop is done when it is there. */
export const nextStep = ({ incident, assignment }) =>
  (assignment.status === "on_scene" && shopFor(incident, assignment) ? "deliver" : NEXT[assignment.status]);

function showHead() {
  const mine = unit();
  const job = current();
  setText(byId("unit-name"), mine?.name ?? my.name);
  const status = byId("unit-status");
  status.hidden = !mine;
  const free = mine?.duty === "break" ? "on_break" : mine?.on_shift ? "idle" : "off_duty";
  const now = job ? job.assignment.status : free; // a unit whose last step waits is free already
  if (mine) setText(status, label("unit_status", now));
  showProvenance({ simulated: Boolean(mine?.simulated || job?.incident.simulated), schematic: my.schematic });
}

/** How the link stands; without network that is said plainly. */
export function showLinkState() {
  const offline = isOffline();
  showLink(offline ? "lost" : my.link);
  if (offline) setText(byId("live-badge"), t("sv_offline_badge"));
  byId("lost").hidden = !offline;
}

function idleWords(mine) {
  if (mine?.duty === "break") return mine.duty_until ? t("sv_on_break", { at: minute(mine.duty_until) }) : t("sv_break_off");
  return mine && !mine.on_shift ? t("sv_off_shift") : t("sv_no_job_text");
}

function emptyCard() {
  const [head, text] = my.unitId
    ? [t("sv_no_job"), idleWords(unit())]
    : [t("sv_no_unit"), t("sv_no_unit_text", { name: my.name })];
  return h("div", { class: "no-job", data: { testid: "no-job" } }, h("strong", {}, head), h("p", {}, text));
}

function showDuty(job) {
  const mine = unit();
  byId("duty").hidden = !mine || Boolean(job);
  byId("duty-on").hidden = mine?.on_shift && mine?.duty !== "break";
  byId("duty-break").hidden = !mine?.on_shift || mine?.duty === "break";
  byId("duty-off").hidden = !mine?.on_shift;
}

/** What a screen reader should say; not the countdown, which would never stop. */
function speak(job) {
  const status = job && label("assignment_status", job.assignment.status, job.assignment.status_label);
  setText(byId("spoken"), job ? `${status} ${job.incident.location?.matched_text ?? ""}` : t("sv_no_job"));
}

/** Drawn anew only when it means something else: a link must not vanish under the finger. */
function showJob(job) {
  const box = byId("job");
  const meaning = JSON.stringify(job ? [job.incident.version, job.assignment, language()] : [unit()?.duty, unit()?.on_shift, unit()?.duty_until, my.day, my.unitId, language()]);
  if (box.dataset.meaning === meaning) return;
  box.dataset.meaning = meaning;
  card = job ? drawJob(job.incident, job.assignment) : null;
  box.replaceChildren(...(card ? [card.node] : [emptyCard(), my.unitId ? dayList(my.day) : ""]));
}

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function mainButton(step, offered) {
  return h("button", {
    type: "button", class: "button main", disabled: my.calm,
    data: { testid: offered ? "offer-accept" : "main-action", step }, on: { click: () => tell("gz:press", step) },
  }, t(`sv_${step}`));
}

function showActions(job) {
  const bar = byId("actions");
  const step = job && nextStep(job);
  const meaning = [job?.assignment.id, job?.assignment.status, step, my.calm, language()].join();
  if (bar.dataset.meaning === meaning) return;
  bar.dataset.meaning = meaning;
  bar.hidden = !job;
  const offered = job?.assignment.status === "offered";
  const refuse = offered && h("button", {
    type: "button", class: "button refuse", data: { testid: "offer-decline" }, on: { click: () => tell("gz:decline") },
  }, t("sv_decline"));
  const without = step === "deliver" && h("button", {
    type: "button", class: "button refuse", disabled: my.calm, data: { testid: "clear-without" }, on: { click: () => tell("gz:press", "clear") },
  }, t("sv_clear_without"));
  bar.replaceChildren(...[refuse, without, job && mainButton(step, offered)].filter(Boolean));
}

const positionText = h("p", { data: { testid: "position-text" } });
const positionAgain = h("button", { type: "button", class: "button", hidden: true, on: { click: () => position.again() } });

function showPosition() {
  const box = byId("position");
  box.hidden = !position;
  if (!position) return;
  if (!positionText.parentNode) box.replaceChildren(positionText, positionAgain);
  const [kind, words] = positionWords(position.place, unit());
  box.className = `position ${kind}`;
  box.dataset.state = position.place.state;
  setText(positionText, words);
  setText(positionAgain, t("sv_pos_retry"));
  positionAgain.hidden = position.place.state !== "denied";
}

function showClock() {
  const off_s = shownSkew_s();
  byId("clock").hidden = !off_s;
  if (off_s) setText(byId("clock"), t(off_s > 0 ? "sv_clock_slow" : "sv_clock_fast", { s: Math.abs(off_s) }));
}

/** What goes on by the second. */
export function tick() {
  const job = current();
  card?.tick(now_ms(), awayFromScene());
  showPosition();
  showWaiting({ offline: isOffline(), fixes: position?.place.waiting ?? 0 });
  const offered = job?.assignment.status === "offered" && now_ms() < Date.parse(job.assignment.answer_due_at ?? "9999-12-31");
  document.title = offered && Math.floor(Date.now() / 1000) % 2 ? `● ${t("sv_new_offer")}` : title;
  soundAlarm(offered);
  byId("sound").hidden = !isLocked() || !my.unitId;
}

/** Show all anew, and follow the phone as closely as the job asks for. */
export function show() {
  const job = current();
  showHead();
  speak(job);
  showDuty(job);
  showJob(job);
  showActions(job);
  showScene({ ...job, owner: my.name, here });
  showClock();
  track()?.follow(rhythmOf(unit(), job?.assignment.status));
  stayAwake(["accepted", "en_route"].includes(job?.assignment.status));
  tick();
}
