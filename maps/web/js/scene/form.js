// The survey form, a screen of its own over the page: kept as a draft while it is filled in, signed off through the outbox.

import { get } from "../api.js";
import { now_ms } from "../clock.js";
import { attempt, h, toast } from "../dom.js";
import { t } from "../i18n.js";
import { newKey } from "../key.js";
import { enqueue, onOutbox } from "../outbox.js";
import { keepDraft } from "./draft.js";
import { choice, count, several, text } from "./fields.js";
import { photoStrip } from "./photo_strip.js";
import { DECISIONS, PARTS, SHARES } from "./words.js";

const MONEY = /^\d{1,9}(\.\d{1,2})?$/;
let strip = null; // the photographs on the screen
onOutbox({ onChange: () => strip?.show() });

const nowIso = () => new Date(now_ms()).toISOString();

/** What is wrong with the values, as [field, words]; null where nothing is. */
export function faultOf(values) {
  if (!values.decision) return ["decision", t("sc_decision_needed")];
  if (values.loss?.trim() && !MONEY.test(values.loss.trim())) return ["loss", t("sc_loss_bad")];
  if (values.decision === "other" && !values.notes?.trim()) return ["notes", t("sc_notes_needed")];
  return null;
}

/** The body that is sent. */
function bodyOf(draft, at, captured_at) {
  const { values } = draft;
  return {
    answered_by: values.answered_by ?? "", loss_yuan: values.loss?.trim() ? values.loss.trim() : null, parts: values.parts ?? [], damage: values.damage ?? "",
    injured: values.injured ?? 0, injuries: values.injured ? values.injuries ?? "" : "", vehicles: values.vehicles ?? null,
    responsibility: values.responsibility ?? "open", decision: values.decision, notes: values.notes ?? "",
    photos: [...new Set([...(values.photos ?? []), ...draft.photos.map((photo) => photo.sha256).filter(Boolean)])], captured_at,
    point: at && { lon: at.lon, lat: at.lat, crs: at.crs ?? "wgs84", accuracy_m: at.accuracy_m },
  };
}

/** What another phone filled in, as values to correct; empty where there is nothing or no signal. */
async function filledInElsewhere(incidentId) {
  try {
    const last = (await get(`/v1/incidents/${encodeURIComponent(incidentId)}/scene-reports`, { stay: true })).at(-1);
    return last ? { ...last, loss: last.loss_yuan ?? "" } : {};
  } catch { return {}; }
}

function damagePart(values, set) {
  return [
    text("loss", t("sc_loss"), values.loss, set("loss"), { hint: t("sc_loss_hint"), inputmode: "decimal", "data-testid": "loss" }),
    several("parts", t("sc_parts"), PARTS, (one) => t(`sp_${one}`), values.parts ?? [], set("parts")),
    text("damage", t("sc_damage"), values.damage, set("damage"), { lines: 2 }),
  ];
}

function peoplePart(values, set) {
  const injuries = h("div", { hidden: !values.injured }, text("injuries", t("sc_injuries"), values.injuries, set("injuries"), { lines: 2, hint: t("sc_injured_hint") }));
  return [
    count("injured", t("sc_injured"), values.injured, (n) => { injuries.hidden = !n; set("injured")(n); }),
    injuries,
    count("vehicles", t("sc_vehicles"), values.vehicles, set("vehicles"), { least: 1, blank: true }),
    choice("responsibility", t("sc_responsibility"), SHARES, (one) => t(`sr_${one}`), values.responsibility ?? "open", set("responsibility")),
    text("answered_by", t("sc_answered_by"), values.answered_by, set("answered_by"), { hint: t("sc_answered_hint") }),
    text("notes", t("sc_notes"), values.notes, set("notes"), { lines: 3 }),
  ];
}

/** Keeps what is typed, soon, and at once when the page goes into the background. */
function keeper(draft, tell) {
  let soon = 0;
  const now = async () => { clearTimeout(soon); tell(await keepDraft(draft)); };
  const hidden = () => { if (document.hidden) now(); };
  document.addEventListener("visibilitychange", hidden);
  return {
    later() { draft.touched = true; clearTimeout(soon); soon = setTimeout(now, 250); },
    now,
    stop() { document.removeEventListener("visibilitychange", hidden); return now(); },
  };
}

async function signOff(draft, incidentId, here) {
  const captured_at = nowIso();
  const key = newKey();
  await enqueue({
    path: `/v1/incidents/${encodeURIComponent(incidentId)}/scene-reports`, body: bodyOf(draft, here(), captured_at), key, captured_at,
    about: { what: "scene_report", words: t("sc_form"), chain: `scene-${incidentId}` },
  });
  Object.assign(draft, { submitted_key: key, touched: false });
  await keepDraft(draft);
  toast(t("sc_submitted"), "ok");
}

/** Say what is missing, and go there. */
function complain(dialog, problem, [field, words]) {
  problem.textContent = words;
  problem.hidden = false;
  dialog.querySelector(`[name=${field}]`)?.focus();
}

/**
 * Open the form; resolves once it is closed, signed off or not.
 *
 * @param {{incident: object, draft: object, here: () => object|null}} scene `here` is where the phone is, null where it does not know
 */
export async function openForm({ incident, draft, here }) {
  const again = Boolean(draft.submitted_key) || incident.scene?.reports > 0;
  if (again && !Object.keys(draft.values).length) draft.values = await filledInElsewhere(incident.id);
  const kept = h("p", { class: "fine muted" }, t("sc_draft_kept"));
  const keep = keeper(draft, (ok) => { kept.textContent = t(ok ? "sc_draft_kept" : "sc_draft_not_kept"); kept.classList.toggle("danger", !ok); });
  const problem = h("p", { class: "notice danger", role: "alert", hidden: true, data: { testid: "form-problem" } });
  const set = (name) => (value) => { draft.values[name] = value; problem.hidden = true; keep.later(); };
  const photos = photoStrip({ incidentId: incident.id, photos: draft.photos, here, nowIso, change: (now) => { draft.photos = now; draft.touched = true; return keep.now(); } });
  strip = photos;
  const dialog = h("dialog", { class: "sc-form", "aria-labelledby": "sc-title", data: { testid: "scene-form" } });
  dialog.append(
    h("header", { class: "row" }, h("h2", { id: "sc-title", class: "grow" }, t("sc_form")),
      h("button", { type: "button", class: "button quiet", "aria-label": t("close"), data: { testid: "form-close" }, on: { click: () => dialog.close() } }, "✕")),
    h("div", { class: "sc-body" },
      again ? h("p", { class: "notice" }, t("sc_correction_note")) : null,
      photos.node,
      choice("decision", t("sc_decision"), DECISIONS, (one) => t(`sd_${one}`), draft.values.decision, set("decision")),
      damagePart(draft.values, set), peoplePart(draft.values, set)),
    h("footer", {}, problem, kept, h("button", { type: "button", class: "button primary big block", data: { testid: "form-send" }, on: { click: send } }, t(again ? "sc_submit_correction" : "sc_submit"))));

  async function send(event) {
    const fault = faultOf(draft.values);
    if (fault) { complain(dialog, problem, fault); return; }
    const done = await attempt(async () => { await signOff(draft, incident.id, here); return true; }, event.currentTarget); // one finger, one form
    if (done) dialog.close();
  }

  document.body.append(dialog);
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  strip = null;
  await keep.stop();
  dialog.remove();
}
