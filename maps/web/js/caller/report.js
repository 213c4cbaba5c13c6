// The caller's report: a few taps, kept on the phone until it has arrived, sent again by itself when there is signal.

import { byId, h, setText } from "../dom.js";
import { applyWords, onLanguage, t, toggleLanguage } from "../i18n.js";
import "./words.js";
import { DoorError, knock, telephone } from "./door.js";
import { asReport, draft, forget, write } from "./draft.js";
import { keep, kept, photoRow, send as sendPhoto } from "./photos.js";
import { drawPlace, startAt, startPlace } from "./place.js";

const MOST_PHOTOS = 9; // until the desk has said how many it takes
const AGAIN_S = [3, 5, 10, 20, 30];
const WAITS_S = 10; // until a report that has no case yet is asked after
const TEXTS = ["text", "plate", "phone"];

let desk = null;
let files = [];
let sending = false;
let tries = 0;
let timer = 0;
let taken = null;
let held = false;

function say(id, words, kind = "") {
  const node = byId(id);
  node.hidden = !words;
  if (kind) node.className = kind;
  setText(node, words || "");
}

function drawEmergency() { byId("emergency").hidden = draft.injured !== true; }

const mostPhotos = () => desk?.most_photos ?? MOST_PHOTOS;

function drawPhotos() {
  byId("photos").replaceChildren(...photoRow(files, { most: mostPhotos(), onFiles: addFiles, onDrop: (i) => setFiles(files.filter((_, n) => n !== i)) }));
}

function setFiles(next) {
  files = next.slice(0, mostPhotos());
  keep(draft.key, files);
  drawPhotos();
}

const addFiles = (more) => setFiles([...files, ...more]);

function drawCall() {
  const number = desk?.telephone;
  const link = byId("call");
  link.hidden = !number;
  if (!number) return;
  link.href = telephone(number);
  link.setAttribute("aria-label", t("cr_call_number", { number }));
  link.replaceChildren(h("span", {}, t("cr_call"), h("small", { class: "number" }, number)));
}

function drawSend() {
  byId("send").disabled = sending;
  setText(byId("send"), t(sending ? "cr_sending" : tries ? "cr_again" : "cr_send"));
}

/** The report is safe with us, but has no case yet: say its number for now, and ask again with the same key until it has. */
function waits(answer) {
  held = true;
  byId("form").hidden = true;
  byId("bar").hidden = true;
  byId("done").hidden = false;
  byId("done").replaceChildren(
    h("p", { class: "tick", "aria-hidden": "true" }, "✓"), h("h2", {}, t("cr_waits")), h("p", { class: "muted" }, t("cr_waits_number")),
    h("p", { class: "big number", data: { testid: "provisional-number" } }, answer.number), h("p", { class: "muted" }, t("cr_waits_next")));
  say("trouble", "");
  say("progress", "");
  timer = setTimeout(sendReport, WAITS_S * 1000);
}

/** The report is with us: say the number, bring the photographs after it, lead to the case. */
async function arrived(answer) {
  if (!answer.case_path) return waits(answer);
  taken = answer;
  forget();
  byId("form").hidden = true;
  byId("bar").hidden = true;
  say("trouble", "");
  drawDone("");
  byId("done").focus?.();
  scrollTo(0, 0);
  const token = answer.case_path.split("/").pop();
  const all = files.length;
  for (let i = 0; files.length; i += 1) {
    drawDone(t("cr_uploading", { i: i + 1, n: all }));
    try {
      await sendPhoto(token, files[0]);
    } catch (error) {
      if (error.passes && navigator.onLine !== false && await pause(3000)) { i -= 1; continue; }
      drawDone(t("cr_upload_failed"));
      return;
    }
    files = files.slice(1);
    await keep(draft.key, files);
  }
  drawDone("");
  if (!answer.changed) setTimeout(() => location.replace(answer.case_path), all ? 800 : 1800);
}

let pauses = 0;
async function pause(ms) {
  pauses += 1;
  if (pauses > 5) return false;
  await new Promise((resolve) => setTimeout(resolve, ms));
  return true;
}

function drawDone(progress) {
  byId("done").hidden = false;
  byId("done").replaceChildren(...[
    h("p", { class: "tick", "aria-hidden": "true" }, "✓"),
    h("h2", {}, t("cr_done")),
    h("p", { class: "muted" }, t("cr_done_number")),
    h("p", { class: "big number", data: { testid: "case-number" } }, taken.number),
    taken.changed ? h("p", { class: "notice warn" }, t("cr_changed")) : h("p", { class: "muted" }, t("cr_done_next")),
    progress ? h("p", { role: "status" }, progress) : null,
    h("a", { class: "button primary big block", href: taken.case_path, data: { testid: "open-case" } }, t("cr_open_case")),
  ].filter(Boolean));
}

function failed(error) {
  if (held) { timer = setTimeout(sendReport, WAITS_S * 1000); return; } // it is safe with us
  if (error.passes) {
    tries += 1;
    const wait_s = AGAIN_S[Math.min(tries - 1, AGAIN_S.length - 1)];
    say("trouble", t("cr_kept"), "notice danger");
    say("progress", t("cr_tries", { n: tries, s: wait_s }), "fine warn");
    clearTimeout(timer);
    timer = setTimeout(sendReport, wait_s * 1000);
  } else {
    say("trouble", error.message, "notice danger");
    say("progress", "");
  }
}

async function sendReport() {
  clearTimeout(timer);
  if (sending || taken) return;
  sending = true;
  write({ tried: true });
  drawSend();
  try {
    await arrived(await knock("/v1/caller/reports", { method: "POST", json: asReport(), headers: { "Idempotency-Key": draft.key } }));
  } catch (error) {
    if (!(error instanceof DoorError)) throw error;
    failed(error);
  } finally {
    sending = false;
    drawSend();
  }
}

function pressed() {
  if (!draft.place.trim() && !draft.point) {
    say("trouble", t("cr_where_needed"), "notice danger");
    byId("locate").focus();
    byId("trouble").scrollIntoView({ block: "center" });
    return;
  }
  say("trouble", "");
  sendReport();
}

function choose(name) {
  for (const input of document.querySelectorAll(`input[name=${name}]`)) {
    input.checked = draft[name] !== null && (input.value === "yes") === draft[name];
    input.addEventListener("change", () => { write({ [name]: input.value === "yes" }); drawEmergency(); });
  }
}

async function meet() {
  try {
    desk = await knock("/v1/caller/desk");
    setText(byId("company"), desk.company);
    startAt(desk.centre);
    drawCall();
    if (desk.most_photos !== MOST_PHOTOS) drawPhotos();
  } catch { setTimeout(meet, 5000); }
}

function draw() {
  applyWords();
  document.title = t("cr_title");
  drawPlace();
  drawPhotos();
  drawCall();
  drawSend();
  if (taken) drawDone("");
}

byId("language").addEventListener("click", toggleLanguage);
onLanguage(draw);
for (const id of TEXTS) {
  byId(id).value = draft[id];
  byId(id).addEventListener("input", (event) => write({ [id]: event.target.value }));
}
choose("injured");
choose("drivable");
drawEmergency();
startPlace();
draw();
byId("send").addEventListener("click", pressed);
byId("form").addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("online", () => { if (tries && !sending) sendReport(); });
meet();
kept(draft.key).then((found) => { if (found.length) { files = found; drawPhotos(); } });
