// What needs a dispatcher now, shown while no incident is open: the most severe first, each a key or a click away.

import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { countdown, duration, minute, percent } from "../format.js";
import { label, t } from "../i18n.js";
import { reassign } from "./actions.js";
import { callerTasksGroup } from "./caller_tasks.js";
import { arrivedAt, byTimeLeft, isOpen, leadAssignment, openAssignments, placeOf, secondsLeft } from "./derive.js";
import { mergeable } from "./duplicates.js";
import { isMatched, proposalsGroup } from "./proposals.js";
import { remedy, riskSentence } from "./risks.js";
import { standbyGroup } from "./standby.js";
import { state } from "./state.js";
import { waitsForTier } from "./tier_proposal.js";

const ROWS = 6;

const sinceContact_s = (partner, now) => (partner && !partner.accepted_at ? (now - Date.parse(partner.contact_due_at)) / 1000 : -1);
const raised = (incident, kind) => incident.risks.filter((one) => one.risk === kind);
const waitsForSurveyor = (incident) => incident.risks.some((one) => one.role === "surveyor" && ["unassigned", "nobody_needed"].includes(one.risk));
const timeLeft = (one, now) => (one.commitment ? countdown(secondsLeft(one, now)) : t("clock_none"));
const isOverdue = (one, now) => (leadAssignment(one) || one.partner) && !arrivedAt(one) && secondsLeft(one, now) < 0;
const waited_s = (job, now) => (now - Date.parse(job.offered_at)) / 1000;
const unanswered = (one, now) => openAssignments(one).find((job) => job.status === "offered" && waited_s(job, now) > state.answerWithin_s / 2);

/** Alarms of the service: the very list that `/v1/exceptions` tells; a late surveyor's promise that is broken stands among the overdue. */
const alarm = (kind, tone) => ({
  testid: `alarms_${kind}`, title: () => label("risk", kind), tone, say: timeLeft,
  each: (one, now) => raised(one, kind).filter((risk) => !(kind === "late" && risk.role === "surveyor" && isOverdue(one, now))),
  act: (one, now, risk) => remedy(one, risk, { key: `board-${kind}-${risk.role}-${one.id}`, kind: "" }), why: (one, now, risk) => riskSentence(risk),
});
const plain = (word, { test, ...more }) => ({ testid: word, title: () => t(word), each: (one, now) => (test(one, now) ? [null] : []), ...more });

const instead = (incident, job) => h("button", {
  type: "button", class: "button small", data: { key: `board-instead-${job.id}` }, on: { click: (event) => reassign(incident, job, event.currentTarget) },
}, t("reassign"));

/** In order of severity: broken promises, promises in danger, nobody on it, somebody must decide, what may wait. */
const GROUPS = [
  plain("board_overdue", {
    tone: "danger", test: isOverdue, say: timeLeft,
    act: (one) => raised(one, "late").map((risk) => remedy(one, risk, { key: `board-late-${risk.role}-${one.id}`, kind: "" })),
  }),
  alarm("late", "danger"),
  alarm("silent", "danger"),
  alarm("not_departed", "warn"),
  alarm("unassigned", "danger"),
  alarm("nobody_needed", "warn"),
  plain("board_todo", {
    tone: "danger", say: timeLeft,
    test: (one) => (one.status === "waiting" || one.status === "unlocated") && !waitsForSurveyor(one) && !isMatched(one),
  }),
  plain("board_no_contact", { tone: "danger", test: (one, now) => sinceContact_s(one.partner, now) > 0, say: (one, now) => duration(sinceContact_s(one.partner, now)) }),
  plain("board_no_answer", {
    tone: "warn", test: unanswered, say: (one, now) => duration(waited_s(unanswered(one, now), now)),
    act: (one, now) => instead(one, unanswered(one, now)), why: (one, now) => t("no_answer_of", { unit: unanswered(one, now).unit_name }),
  }),
  plain("board_injured", { tone: "danger", test: waitsForTier, say: (one) => t("sc_people", { n: one.scene.injured }) }),
  plain("board_decision", { tone: "warn", test: (one) => one.assignments.some((job) => job.replacement), say: timeLeft }),
];
const CALM = [
  plain("board_duplicate", { tone: "warn", test: (one) => mergeable(one.id), say: (one) => percent(mergeable(one.id).p_same) }),
  plain("board_held", { tone: "", test: (one) => one.hold, say: (one) => t("held_until", { time: minute(one.hold.until) }) }),
];

function row([incident, risk], { testid, say, act, why }, now, open) {
  const button = h("button", { type: "button", class: "button quiet small board-row", data: { key: `board-${testid}-${risk?.role ?? ""}-${incident.id}`, id: incident.id }, on: { click: () => open(incident.id) } },
    h("span", { class: "grow ellipsis" }, placeOf(incident) || incident.text),
    incident.response.tiers.includes("injury") ? h("span", { class: "chip injury" }, t("injury_short")) : null,
    h("span", { class: "number" }, say(incident, now)));
  return h("li", { class: "board-entry", data: { testid: risk ? "alarm" : "board-entry", risk: risk?.risk ?? "" } },
    h("div", { class: "row" }, button, act?.(incident, now, risk)), why ? h("p", { class: "fine muted" }, why(incident, now, risk)) : null);
}

function group(one, incidents, now, open) {
  const found = incidents.flatMap((incident) => one.each(incident, now).map((risk) => [incident, risk]));
  if (!found.length) return null;
  return h("section", { class: "board-group", data: { testid: one.testid } },
    h("h3", {}, one.title(), h("span", { class: `board-count ${one.tone}` }, String(found.length))),
    h("ul", {}, found.slice(0, ROWS).map((entry) => row(entry, one, now, open))),
    found.length > ROWS ? h("p", { class: "muted fine" }, t("board_more", { n: found.length - ROWS })) : null);
}

/** The board. @param {(id: string) => void} open shows an incident */
export function board(open) {
  const now = now_ms();
  const incidents = [...state.incidents.values()].filter(isOpen).sort(byTimeLeft);
  const drawn = (groups) => groups.map((one) => group(one, incidents, now, open));
  const groups = [...drawn(GROUPS), callerTasksGroup(open), proposalsGroup(open), ...drawn(CALM)].filter(Boolean);
  return h("article", { class: "board", data: { testid: "board" } },
    h("div", { class: "section-head" }, h("h2", {}, t("board"))),
    groups.length ? groups : h("p", { class: "notice" }, t(!state.ready ? "loading" : state.isWatched ? "board_calm" : "board_unwatched")),
    standbyGroup(),
    h("p", { class: "empty" }, t("pick_one")));
}
