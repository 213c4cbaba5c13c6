// Two callers, one crash: what may be the same accident, and the merge. Nothing is merged unless a dispatcher does it.

import { get } from "../api.js";
import { attempt, h, toast } from "../dom.js";
import { metres, minute, minutes, percent } from "../format.js";
import { label, language, t } from "../i18n.js";
import { once } from "../memo.js";
import { soon } from "../soon.js";
import { change, refetch } from "./change.js";
import { isOpen, placeOf } from "./derive.js";
import { askReason } from "./dialogs.js";
import { changed, on, state } from "./state.js";

const GATHER_MS = 1000;
const REFRESH_MS = 30_000;

let about = new Map(); // incident → the proposals that speak of it
let asked = "";
let turn = 0;
let open = () => {};
let restUnfolded = false; // stays as it was left when the card is drawn anew, and from one incident to the next

/** Proposals that speak of an incident, likeliest first; those whose other half is gone are left out. */
export const proposalsFor = (id) => (about.get(id) ?? []).filter((one) =>
  [one.kept_id, one.duplicate_id].every((key) => isOpen(state.incidents.get(key) ?? { status: "closed" })));

/** The likeliest proposal to merge this incident into another, or null. */
export const mergeable = (id) => proposalsFor(id).find((one) => one.duplicate_id === id) ?? null;

async function look(id) {
  if (!state.incidents.has(id)) await refetch(id);
  if (state.incidents.has(id)) open(id);
}

/** The reasons in words: the service's own sentence, or the same in English. */
function because(one) {
  if (language() !== "en") return one.sentence;
  const far = one.distance_m === null ? t("dup_no_place") : t("dup_far", { distance: metres(one.distance_m) });
  return [t("dup_apart", { far, minutes: minutes(one.apart_s) }),
    one.plates.length ? t("dup_plates", { plates: one.plates.join(", ") }) : "",
    one.same_phone ? t("dup_phone") : "",
    one.words.length ? t("dup_words", { words: one.words.join(", ") }) : "",
    one.against.length ? t("dup_but", { against: one.against.map((code) => label("against", code)).join(", ") }) : "",
  ].filter(Boolean).join("; ");
}

/** Ask, then merge the later promise into the one due first, and show the incident that stays. */
function merge(one, button) {
  return attempt(async () => {
    const answer = await askReason({
      title: t("dup_merge_title", { from: one.duplicate_id, to: one.kept_id }), note: `${because(one)}。${t("dup_merge_note", { from: one.duplicate_id })}`,
      choices: t("why_merge").split("|"), ok: t("dup_merge"),
    });
    if (!answer) return;
    try {
      await change(one.duplicate_id, `/v1/incidents/${one.duplicate_id}/merge`, { into: one.kept_id, reason: answer.reason });
    } finally {
      await refetch(one.duplicate_id);
      ask();
    }
    toast(t("dup_merged_toast", { from: one.duplicate_id, to: one.kept_id }), "ok");
    open(one.kept_id);
  }, button);
}

/** The key M: merge as the likeliest proposal about `incident` says. */
export function mergeFirst(incident) {
  const one = proposalsFor(incident.id)[0];
  if (!one) toast(t("no_duplicate"));
  else if (one.obstacle) toast(one.obstacle, "error");
  else merge(one);
}

function unmerge(duplicateId, button) {
  return attempt(async () => {
    const answer = await askReason({
      title: t("dup_unmerge_title", { from: duplicateId }), note: t("dup_unmerge_note"), choices: t("why_unmerge").split("|"), ok: t("dup_unmerge"), danger: true,
    });
    if (!answer) return;
    await change(duplicateId, `/v1/incidents/${duplicateId}/unmerge`, { reason: answer.reason });
    await refetch(duplicateId);
    toast(t("dup_unmerged_toast", { from: duplicateId }), "ok");
  }, button);
}

const button = (word, key, act, more = {}) =>
  h("button", { type: "button", class: `button ${more.kind ?? ""}`, disabled: more.disabled, data: { key, testid: more.testid ?? "" }, on: { click: (event) => act(event.currentTarget) } }, t(word));

function proposal(incident, one) {
  const id = one.kept_id === incident.id ? one.duplicate_id : one.kept_id;
  const other = state.incidents.get(id);
  return h("div", { class: "notice warn duplicate", data: { testid: "duplicate" } },
    h("p", { class: "row" }, h("strong", { class: "grow" }, t("dup_perhaps")), h("span", { class: "number" }, t("dup_likeness", { p: percent(one.p_same) }))),
    h("p", {}, because(one)),
    h("p", { class: "fine" }, [id, placeOf(other), minute(other.reported_at), label("incident_status", other.status, other.status_label)].filter(Boolean).join(" · ")),
    h("q", { class: "said fine" }, other.text),
    one.obstacle ? h("p", { class: "fine strong" }, one.obstacle) : null,
    h("div", { class: "actions" },
      button("dup_look", `look-${id}`, () => look(id), { testid: "duplicate-look" }),
      button("dup_merge", `merge-${id}`, (node) => merge(one, node), { kind: "primary", disabled: Boolean(one.obstacle), testid: "duplicate-merge" })));
}

function joined(one) {
  return h("div", { class: "notice duplicate", data: { testid: "joined" } },
    h("p", {}, h("strong", {}, t("dup_joined", { id: one.incident_id, time: minute(one.reported_at) }))),
    h("q", { class: "said fine" }, one.text),
    h("div", { class: "actions" },
      button("dup_look", `look-${one.incident_id}`, () => look(one.incident_id)),
      button("dup_unmerge", `unmerge-${one.incident_id}`, (node) => unmerge(one.incident_id, node), { testid: "unmerge" })));
}

function mergedInto(incident) {
  return h("div", { class: "notice duplicate", data: { testid: "merged-into" } },
    h("p", {}, h("strong", {}, t("dup_merged_into", { id: incident.merged_into }))),
    h("div", { class: "actions" },
      button("dup_look", `look-${incident.merged_into}`, () => look(incident.merged_into)),
      button("dup_unmerge", `unmerge-${incident.id}`, (node) => unmerge(incident.id, node), { testid: "unmerge" })));
}

/** The first, and the others at hand: a motorway pile-up has many, and who is to go must stay in sight. */
function firstOf(cards) {
  if (cards.length < 2) return cards;
  const details = h("details", { class: "others", open: restUnfolded, data: { testid: "more-duplicates" } },
    h("summary", {}, t("dup_more", { n: cards.length - 1 })), cards.slice(1));
  details.addEventListener("toggle", () => { restUnfolded = details.open; });
  return [cards[0], details];
}

/** What may be the same accident as `incident`, and what was merged with it. */
export function duplicatesCard(incident) {
  return [
    incident.merged_into ? mergedInto(incident) : null,
    ...firstOf([...proposalsFor(incident.id).map((one) => proposal(incident, one)), ...(incident.duplicates ?? []).map(joined)]),
  ].filter(Boolean);
}

/** What the proposals depend on: the open incidents, where they are, and how far their units are. */
const facts = once((one) => `${one.id} ${one.status} ${one.location?.lon} ${one.location?.lat}`);
const signature = () => [...state.incidents.values()].filter(isOpen).map(facts).sort().join("|");

async function ask() {
  const mine = (turn += 1);
  asked = signature();
  try {
    const proposals = await get("/v1/duplicates");
    if (mine !== turn) return; // a later question is on its way
    about = new Map(proposals.flatMap((one) => [one.kept_id, one.duplicate_id]).map((id) => [id, proposals.filter((one) => [one.kept_id, one.duplicate_id].includes(id))]));
    changed("duplicates");
  } catch { asked = ""; /* the next change or turn asks again */ }
}

const askSoon = soon(() => { if (signature() !== asked) ask(); }, GATHER_MS);

/** Keep the proposals up to date. @param {(id: string) => void} openIncident shows an incident */
export function startDuplicates(openIncident) {
  open = openIncident;
  on("incidents", askSoon);
  setInterval(() => { if (!document.hidden && state.link === "live") ask(); }, REFRESH_MS);
}
