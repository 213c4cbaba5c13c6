// What was brought back from the scene of the selected incident: the survey form with its edits, and the photographs.

import { get } from "../api.js";
import { h } from "../dom.js";
import { clock, dateTime, metres } from "../format.js";
import { language, t } from "../i18n.js";
import { showPhoto, timeChip } from "./photo_dialog.js";
import "./scene_words.js";

const FIELDS = ["decision", "loss_yuan", "parts", "damage", "injured", "injuries", "vehicles", "responsibility", "answered_by", "notes"];
const LONG = new Set(["damage", "injuries", "notes"]);
const WORD = { loss_yuan: "sc_loss", responsibility: "sc_blame" };
const HASH_SHOWN = 12;

const known = { key: "", photos: [], reports: [], problem: "" };

/** One field of a form in words; empty where it says nothing. */
function said(form, name) {
  if (name === "decision") return t(`sd_${form.decision}`);
  if (name === "responsibility") return t(`sr_${form.responsibility}`);
  if (name === "parts") return form.parts.map((one) => t(`sp_${one}`)).join(language() === "en" ? ", " : "、");
  if (name === "loss_yuan") return form.loss_yuan === null ? t("sc_not_estimated") : t("sc_yuan", { n: form.loss_yuan });
  if (name === "injured") return t("sc_people", { n: form.injured });
  return form[name] === null ? "" : String(form[name]);
}

const awayWords = (one) => (one.from_scene_m === null ? t("sc_no_position") : t("sc_from_scene", { m: metres(one.from_scene_m) }));

/** Who signed a form, when and where, and its hash. */
const signature = (form) => h("p", { class: "fine muted sc-signature" },
  [t("sc_signed", { who: form.received_by, at: dateTime(form.captured_at) }), t("sc_received", { at: clock(form.received_at) }), awayWords(form)].join(" · "), " ",
  timeChip(form), " ", h("span", { title: `${t("sc_hash_hint")}\n${form.sha256}` }, t("sc_hash", { hash: form.sha256.slice(0, HASH_SHOWN) })));

function formTable(form) {
  const rows = FIELDS.map((name) => [name, said(form, name)]).filter(([, words]) => words);
  return h("dl", { class: "facts sc-facts" }, rows.map(([name, words]) => [
    h("dt", {}, t(WORD[name] ?? `sc_${name}`)), h("dd", { class: [LONG.has(name) ? "sc-long" : "", name === "injured" && form.injured ? "danger strong" : ""].join(" ") }, words)]));
}

/** What a correction changed, field by field: before → after. */
function changes(before, after) {
  const changed = FIELDS.filter((name) => said(before, name) !== said(after, name));
  if (!changed.length) return h("p", { class: "fine muted" }, t("sc_nothing_changed"));
  return h("ul", { class: "fine" }, changed.map((name) => h("li", {}, `${t(WORD[name] ?? `sc_${name}`)}:`,
    h("del", {}, said(before, name) || t("sc_blank")), " → ", h("ins", {}, said(after, name) || t("sc_blank")))));
}

function edits(reports) {
  if (reports.length < 2) return null;
  return h("details", { class: "others", data: { testid: "scene-edits" } }, h("summary", {}, t("sc_edits", { n: reports.length - 1 })),
    reports.slice(1).map((form, i) => h("div", { class: "sc-edit" },
      h("p", { class: "fine" }, t("sc_edit_of", { at: dateTime(form.captured_at), who: form.received_by }), " ", timeChip(form)), changes(reports[i], form))).reverse(),
    h("p", { class: "fine" }, t("sc_first")), signature(reports[0]));
}

function reportPart(reports) {
  const form = reports.at(-1);
  if (!form) return h("p", { class: "muted fine" }, t("sc_no_form"));
  return h("div", { data: { testid: "scene-report" } }, formTable(form),
    form.photos_missing.length ? h("p", { class: "fine warn" }, t("sc_missing", { n: form.photos_missing.length })) : null,
    signature(form), edits(reports));
}

function thumbnail(photo, i, photos) {
  const kind = t(`ph_${photo.kind}`);
  return h("li", {}, h("button", {
    type: "button", class: "sc-thumb", "aria-label": t("sc_photo_label", { kind, at: clock(photo.captured_at) }), data: { testid: "scene-photo", key: `photo-${photo.sha256}` },
    on: { click: () => showPhoto(photos, i) },
  }, h("img", { src: photo.thumbnail_url, alt: "", loading: "lazy", decoding: "async" }),
  h("span", { class: "sc-caption" }, photo.source === "caller" ? `${t("ph_by_caller")} · ${kind}` : kind, timeChip(photo))));
}

function photoPart(photos) {
  if (!photos.length) return null;
  return [h("h4", { class: "fine muted" }, t("sc_photo_list", { n: photos.length })),
    h("ul", { class: "sc-thumbs", data: { testid: "scene-photos" } }, photos.map(thumbnail))];
}

const content = () => (known.problem
  ? [h("p", { class: "notice danger" }, t("sc_load_failed", { why: known.problem }))]
  : [reportPart(known.reports), photoPart(known.photos)].flat().filter(Boolean));

async function learn(incident, key, node) {
  try {
    const [photos, reports] = await Promise.all([get(`/v1/incidents/${incident.id}/photos`), get(`/v1/incidents/${incident.id}/scene-reports`)]);
    if (key !== known.key) return;
    Object.assign(known, { photos, reports, problem: "" });
  } catch (error) {
    if (key !== known.key) return;
    Object.assign(known, { key: "", problem: error.message });
  }
  node.replaceChildren(...content());
}

/** Whether it could not be read: drawing the card asks for it again. */
export const sceneIsMissing = () => Boolean(known.problem);

/** The card; nothing while nothing was brought back. What it shows is asked for when there is more of it. */
export function sceneCard(incident) {
  const { photos, reports } = incident.scene;
  if (!photos && !reports) return [];
  const key = [incident.id, photos, reports, incident.location?.lon, incident.location?.lat].join("/");
  const node = h("div", { data: { testid: "scene-card" } });
  if (key.split("/")[0] !== known.key.split("/")[0]) Object.assign(known, { photos: [], reports: [] });
  if (key !== known.key) { Object.assign(known, { key, problem: "" }); learn(incident, key, node); }
  if (known.photos.length || known.reports.length) node.replaceChildren(...content());
  else node.replaceChildren(h("p", { class: "muted" }, t("loading")));
  return [h("h3", {}, t("sc_title")), node];
}
