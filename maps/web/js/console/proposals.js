// What a window proposes: all who wait and all who are free matched together. Nothing is done unless a dispatcher does it.

import { get, post } from "../api.js";
import { attempt, h, toast } from "../dom.js";
import { percent } from "../format.js";
import { label, language, t } from "../i18n.js";
import { once } from "../memo.js";
import { soon } from "../soon.js";
import { refetch } from "./change.js";
import { byTimeLeft, isOpen, openAssignments, placeOf } from "./derive.js";
import { mergeable } from "./duplicates.js";
import { changed, on, state, takeIncident } from "./state.js";
import "./choosing_words.js";

const ROLES = ["surveyor", "tow_unit", "specialist"];
const NOT_DEPARTED = new Set(["offered", "accepted"]);
const GATHER_MS = 1000;
const REFRESH_MS = 30_000;
const ROWS = 6;

let chains = []; // each a list of ProposalOut that are carried out together
let surveys = new Map(); // incident → the chain that speaks of who should survey it
let asked = "";
let turn = 0;
const underWay = new Set();

const kindOf = (one) => (!one.options.length ? "prop_wait" : one.replaces ? "prop_exchange" : "prop_offer");
const aboutSurvey = (one) => one.role === "surveyor";
const keyOf = (chain) => `${chain[0].role}-${chain[0].incident_id}`;
const sent = (chain) => chain.filter((one) => one.options.length);
const sentence = (one) => (language() === "en" ? one.explanation_in_english : one.explanation);
const nameOf = (id) => placeOf(state.incidents.get(id) ?? {}) || id;
const forWhat = (one) => (aboutSurvey(one) ? nameOf(one.incident_id) : `${nameOf(one.incident_id)} · ${label("role", one.role)}`);

const byChain = (list) => [...new Set(list.map((one) => one.chain))].map((chain) => list.filter((one) => one.chain === chain));

/** Whether an incident still stands as it did when the window was looked at. */
function stands(one) {
  const incident = state.incidents.get(one.incident_id);
  if (!incident || !isOpen(incident)) return false;
  return (openAssignments(incident).find((a) => a.role === one.role)?.unit_id ?? null) === one.replaces;
}

const pressing = (a, b) => byTimeLeft(state.incidents.get(a[0].incident_id), state.incidents.get(b[0].incident_id));

const standing = () => chains.filter((chain) => chain.every(stands)).sort(pressing);

/** Whether the group of proposals speaks of who should survey an incident. */
export const isMatched = (incident) => surveys.get(incident.id)?.every(stands) ?? false;

/** The busy unit an incident had better wait for ({unit_name, free_at}), or null. */
export const awaitedBy = (incident) => (isMatched(incident) ? surveys.get(incident.id).find((one) => aboutSurvey(one) && one.incident_id === incident.id).awaited : null);

/** Carry out one chain as it was shown; where it has changed, say so and show what is true now. */
function carryOut(chain, button) {
  const [first] = sent(chain);
  const units = sent(chain).map((one) => one.options[0]);
  const shown = units.map((unit) => `&shown=${encodeURIComponent(unit.unit_id)}`).join("");
  underWay.add(keyOf(chain));
  return attempt(async () => {
    try {
      (await post(`/v1/proposals/${first.incident_id}?role=${first.role}${shown}`)).forEach(takeIncident);
      toast(t("prop_done", { units: units.map((unit) => unit.unit_name).join("、") }), "ok");
    } catch (error) {
      chain.forEach((one) => refetch(one.incident_id));
      throw error;
    } finally {
      underWay.delete(keyOf(chain));
      ask();
    }
  }, button);
}

function carryOutButton(chain, key, kind = "") {
  const going = sent(chain);
  if (!going.length) return null;
  const exchange = going.some((one) => one.replaces);
  return h("button", {
    type: "button", class: `button small ${kind}`, disabled: underWay.has(keyOf(chain)), data: { testid: "proposal-do", key },
    on: { click: (event) => carryOut(chain, event.currentTarget) },
  }, exchange ? t("prop_do", { n: going.length }) : t("prop_send", { unit: going[0].options[0].unit_name }));
}

function line(one, open, act) {
  const key = `board-match-${one.role}-${one.incident_id}`;
  return [
    h("div", { class: "row" },
      h("button", { type: "button", class: "button quiet board-row small", data: { key, id: one.incident_id }, on: { click: () => open(one.incident_id) } },
        h("span", { class: "grow ellipsis" }, forWhat(one)), act ? null : h("span", { class: "chip" }, t(kindOf(one)))),
      act),
    h("p", { class: "fine muted" }, sentence(one)),
    perhapsTwice(one.incident_id),
  ];
}

/** Nobody is sent twice to one accident by one press: whether it is the same is for the dispatcher to see first. */
function perhapsTwice(id) {
  const twin = mergeable(id);
  return twin ? h("p", { class: "fine strong", data: { testid: "proposal-twin" } }, t("prop_twin", { id: twin.kept_id, p: percent(twin.p_same) })) : null;
}

/** One chain: a plain offer has its button beside the place, an exchange below all that it concerns. */
function row(chain, open) {
  const act = chain.some((one) => mergeable(one.incident_id)) ? null : carryOutButton(chain, `board-do-${keyOf(chain)}`);
  const alone = chain.length === 1;
  return h("li", { class: "board-entry", data: { testid: "proposal" } }, chain.map((one) => line(one, open, alone ? act : null)),
    alone ? null : h("div", { class: "actions" }, act));
}

/** The group on the board, or null. @param {(id: string) => void} open shows an incident */
export function proposalsGroup(open) {
  const found = standing();
  if (!state.autoOffer && !found.length) return null;
  const count = state.autoOffer ? null : h("span", { class: "board-count" }, String(found.length));
  return h("section", { class: "board-group", data: { testid: "board_proposals" } },
    h("h3", {}, t("prop_board"), count),
    state.autoOffer ? h("p", { class: "fine muted" }, t("prop_auto")) : h("ul", {}, found.slice(0, ROWS).map((chain) => row(chain, open))),
    found.length > ROWS ? h("p", { class: "muted fine" }, t("prop_more", { n: found.length - ROWS })) : null);
}

/** Whether the window would do something else than the advice that is on the screen. */
function differs(one, advice) {
  if (!one.options.length || one.replaces) return true;
  return advice?.role === one.role && advice.incident_id === one.incident_id && Boolean(advice.options.length)
    && advice.options[0].unit_id !== one.options[0].unit_id;
}

function card(one, chain) {
  const others = sent(chain).filter((other) => other !== one);
  return h("div", { class: "notice duplicate", data: { testid: "match" } },
    h("p", {}, h("strong", {}, t("prop_differs", { what: t(kindOf(one)) }))),
    h("p", {}, sentence(one)),
    others.map((other) => h("p", { class: "fine" }, t("prop_with", { id: other.incident_id, place: nameOf(other.incident_id), unit: other.options[0].unit_name }))),
    one.options.length ? h("div", { class: "actions" }, carryOutButton(chain, `match-${one.role}`, "primary")) : null);
}

/** What the window would rather do with `incident` than follow `advice` (RecommendationOut or null). */
export const proposalCard = (incident, advice) => standing().flatMap((chain) =>
  chain.filter((one) => one.incident_id === incident.id && differs(one, advice)).map((one) => card(one, chain)));

const needs = (incident, role) => incident.response.needs.some((one) => one.role === role && one.status === "open");
const mayBeExchanged = (incident, role) => openAssignments(incident).some((one) => one.role === role && NOT_DEPARTED.has(one.status));

const facts = once((one) =>
  [one.id, one.location?.lon, one.location?.lat, ...ROLES.map((role) => needs(one, role)), ...one.assignments.map((a) => a.status)].join(" "));

/** What a window depends on: who waits for whom, where, and who has not set off. */
function signature() {
  return [...state.incidents.values()].filter(isOpen).map(facts).sort().join("|");
}

async function ask() {
  const mine = (turn += 1);
  asked = signature();
  const open = [...state.incidents.values()].filter((one) => isOpen(one) && one.location);
  const roles = ROLES.filter((role) => open.some((one) => needs(one, role) || mayBeExchanged(one, role)));
  try {
    const found = state.autoOffer ? [] : await Promise.all(roles.map((role) => get(`/v1/proposals?role=${role}`)));
    if (mine !== turn) return;
    chains = found.flatMap((list) => byChain(list));
    surveys = new Map(chains.flatMap((chain) => chain.filter(aboutSurvey).map((one) => [one.incident_id, chain])));
    changed("proposals");
  } catch { asked = ""; /* the next change or turn asks again */ }
}

const askSoon = soon(() => { if (signature() !== asked) ask(); }, GATHER_MS);

/** Keep the proposals up to date. */
export function startProposals() {
  on("incidents", askSoon);
  setInterval(() => { if (!document.hidden && state.link === "live") ask(); }, REFRESH_MS);
}
