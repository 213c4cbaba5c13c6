// What needs a dispatcher now, shown while no incident is open: the exceptions, each a click away.

import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { countdown, duration, percent } from "../format.js";
import { t } from "../i18n.js";
import { arrivedAt, byTimeLeft, fixAge_s, isOpen, leadAssignment, OLD_FIX_S, openAssignments, placeOf, secondsLeft } from "./derive.js";
import { mergeable } from "./duplicates.js";
import { state } from "./state.js";

const NO_ANSWER_S = 60;
const SLIPPING_P = 0.5;
const ROWS = 6;

const sinceOffer_s = (lead, now) => (lead ? (now - Date.parse(lead.offered_at)) / 1000 : 0);
const sinceContact_s = (partner, now) => (partner && !partner.accepted_at ? (now - Date.parse(partner.contact_due_at)) / 1000 : -1);
const silence_s = (incident, now) =>
  Math.max(0, ...openAssignments(incident).map((one) => fixAge_s(state.units.get(one.unit_id) ?? {}, now) ?? 0));

const GROUPS = [
  {
    word: "board_todo", tone: "danger", test: (one) => one.status === "waiting" || one.status === "unlocated",
    say: (one, now) => (one.commitment ? countdown(secondsLeft(one, now)) : t("clock_none")),
  },
  {
    word: "board_no_answer", tone: "warn", test: (one, now) => one.status === "offered" && sinceOffer_s(leadAssignment(one), now) > NO_ANSWER_S,
    say: (one, now) => duration(sinceOffer_s(leadAssignment(one), now)),
  },
  {
    word: "board_no_contact", tone: "danger", test: (one, now) => sinceContact_s(one.partner, now) > 0,
    say: (one, now) => duration(sinceContact_s(one.partner, now)),
  },
  {
    word: "board_overdue", tone: "danger", test: (one, now) => (leadAssignment(one) || one.partner) && !arrivedAt(one) && secondsLeft(one, now) < 0,
    say: (one, now) => countdown(secondsLeft(one, now)),
  },
  {
    word: "board_slipping", tone: "warn",
    test: (one, now) => !arrivedAt(one) && secondsLeft(one, now) > 0 && leadAssignment(one)?.p_kept < SLIPPING_P,
    say: (one) => `${t("p_short")} ${percent(leadAssignment(one).p_kept)}`,
  },
  { word: "board_duplicate", tone: "warn", test: (one) => mergeable(one.id), say: (one) => percent(mergeable(one.id).p_same) },
  { word: "board_silent", tone: "warn", test: (one, now) => silence_s(one, now) > OLD_FIX_S, say: (one, now) => duration(silence_s(one, now)) },
];

function row(incident, said, open) {
  return h("li", {}, h("button", { type: "button", class: "button quiet board-row", data: { key: `board-${incident.id}` }, on: { click: () => open(incident.id) } },
    h("span", { class: "grow ellipsis" }, placeOf(incident) || incident.text),
    incident.response.tiers.includes("injury") ? h("span", { class: "chip injury" }, t("injury_short")) : null,
    h("span", { class: "number" }, said)));
}

function group({ word, tone, test, say }, incidents, now, open) {
  const found = incidents.filter((one) => test(one, now));
  if (!found.length) return null;
  return h("section", { class: "board-group", data: { testid: word } },
    h("h3", {}, t(word), h("span", { class: `board-count ${tone}` }, String(found.length))),
    h("ul", {}, found.slice(0, ROWS).map((one) => row(one, say(one, now), open))),
    found.length > ROWS ? h("p", { class: "muted fine" }, t("board_more", { n: found.length - ROWS })) : null);
}

/** The board. @param {(id: string) => void} open shows an incident */
export function board(open) {
  const now = now_ms();
  const incidents = [...state.incidents.values()].filter(isOpen).sort(byTimeLeft);
  const groups = GROUPS.map((one) => group(one, incidents, now, open)).filter(Boolean);
  return h("article", { class: "board", data: { testid: "board" } },
    h("div", { class: "section-head" }, h("h2", {}, t("board"))),
    groups.length ? groups : h("p", { class: "notice" }, t(state.ready ? "board_calm" : "loading")),
    h("p", { class: "empty" }, t("pick_one")));
}
