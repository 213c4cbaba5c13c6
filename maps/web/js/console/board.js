// What needs a dispatcher now, shown while no incident is open: alarms with what to do, then the rest, each a click away.

import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { countdown, duration, percent } from "../format.js";
import { label, t } from "../i18n.js";
import { arrivedAt, byTimeLeft, isOpen, leadAssignment, placeOf, secondsLeft } from "./derive.js";
import { mergeable } from "./duplicates.js";
import { isMatched, proposalsGroup } from "./proposals.js";
import { remedy, riskSentence } from "./risks.js";
import { standbyGroup } from "./standby.js";
import { state } from "./state.js";

const RISKS = ["late", "silent", "not_departed", "unassigned", "nobody_needed"]; // the most pressing first, as the service ranks them
const ROWS = 6;

const sinceContact_s = (partner, now) => (partner && !partner.accepted_at ? (now - Date.parse(partner.contact_due_at)) / 1000 : -1);
const waitsForSurveyor = (incident) => incident.risks.some((one) => one.role === "surveyor" && ["unassigned", "nobody_needed"].includes(one.risk));
const timeLeft = (one, now) => (one.commitment ? countdown(secondsLeft(one, now)) : t("clock_none"));

const GROUPS = [
  {
    word: "board_todo", tone: "danger", say: timeLeft,
    test: (one) => (one.status === "waiting" || one.status === "unlocated") && !waitsForSurveyor(one) && !isMatched(one),
  },
  {
    word: "board_no_contact", tone: "danger", test: (one, now) => sinceContact_s(one.partner, now) > 0,
    say: (one, now) => duration(sinceContact_s(one.partner, now)),
  },
  {
    word: "board_overdue", tone: "danger", test: (one, now) => (leadAssignment(one) || one.partner) && !arrivedAt(one) && secondsLeft(one, now) < 0,
    say: timeLeft,
  },
  { word: "board_duplicate", tone: "warn", test: (one) => mergeable(one.id), say: (one) => percent(mergeable(one.id).p_same) },
];

const rowButton = (incident, said, open) =>
  h("button", { type: "button", class: "button quiet small board-row", data: { key: `board-${incident.id}` }, on: { click: () => open(incident.id) } },
    h("span", { class: "grow ellipsis" }, placeOf(incident) || incident.text),
    incident.response.tiers.includes("injury") ? h("span", { class: "chip injury" }, t("injury_short")) : null,
    h("span", { class: "number" }, said));

const row = (incident, said, open) => h("li", {}, rowButton(incident, said, open));

function alarm(incident, risk, now, open) {
  const act = remedy(incident, risk, { key: `board-${risk.risk}-${risk.role}-${incident.id}`, kind: "" });
  return h("li", { class: "board-entry", data: { testid: "alarm", risk: risk.risk } },
    h("div", { class: "row" }, rowButton(incident, timeLeft(incident, now), open), act), h("p", { class: "fine muted" }, riskSentence(risk)));
}

/** One kind of alarm: the very list that `/v1/exceptions` tells. */
function alarms(kind, incidents, now, open) {
  const found = incidents.flatMap((one) => one.risks.filter((risk) => risk.risk === kind).map((risk) => [one, risk]));
  if (!found.length) return null;
  return h("section", { class: "board-group", data: { testid: `alarms_${kind}` } },
    h("h3", {}, label("risk", kind), h("span", { class: "board-count danger" }, String(found.length))),
    h("ul", {}, found.slice(0, ROWS).map(([one, risk]) => alarm(one, risk, now, open))),
    found.length > ROWS ? h("p", { class: "muted fine" }, t("board_more", { n: found.length - ROWS })) : null);
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
  const groups = [
    ...RISKS.map((kind) => alarms(kind, incidents, now, open)), ...GROUPS.map((one) => group(one, incidents, now, open)), proposalsGroup(open),
  ].filter(Boolean);
  return h("article", { class: "board", data: { testid: "board" } },
    h("div", { class: "section-head" }, h("h2", {}, t("board"))),
    groups.length ? groups : h("p", { class: "notice" }, t(state.ready ? "board_calm" : "loading")),
    standbyGroup(),
    h("p", { class: "empty" }, t("pick_one")));
}
