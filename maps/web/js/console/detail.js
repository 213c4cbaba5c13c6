// The right-hand side: the selected incident, its advice, its history. Each section is redrawn only when it changes.

import { get } from "../api.js";
import { byId, h, refill } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { soon } from "../soon.js";
import { placeByHand } from "./actions.js";
import { board } from "./board.js";
import { beforeChange, refetch } from "./change.js";
import { openAssignments } from "./derive.js";
import { duplicatesCard } from "./duplicates.js";
import { close, endsCard, hold, resume } from "./ends.js";
import { assignmentsCard, factsCard, headCard, tickHead } from "./facts.js";
import { followUpCard } from "./follow_up.js";
import { historyList } from "./history.js";
import { messagesCard } from "./messages.js";
import { presenceCard } from "./presence.js";
import { fetchAdvice, recommendCard, ROLES } from "./recommend.js";
import { proposalCard } from "./proposals.js";
import { recoveryCard } from "./recovery.js";
import { responseCard } from "./response.js";
import { risksCard } from "./risks.js";
import { sceneCard, sceneIsMissing } from "./scene.js";
import { on, select, selected, state } from "./state.js";
import { tierProposal } from "./tier_proposal.js";

const REFRESH_MS = 15_000;
const BOARD_MS = 2000;
const BOARD_GATHER_MS = 1000; // hundreds of incidents change many times a second
const ABOUT = ["head", "presence", "ends", "risks", "tier", "duplicates", "facts", "response", "assignments"];
const ADVICE = ["match", "advice"];
const SINCE = ["scene", "recovery", "follow_up"];

/** While somebody has to be sent, whom comes before what has been brought back. */
const sections = ({ status }) => [...ABOUT, ...(status === "waiting" ? [...ADVICE, ...SINCE] : [...SINCE, ...ADVICE]), "messages", "history"];

let openIncident = () => {};
const shown = { id: null, version: 0, role: "surveyor", advice: null, events: null, asked: null, frame: "" };

/** The advice on the screen (RecommendationOut) or null. */
export const shownAdvice = () => shown.advice;

const section = (name) => byId("detail").querySelector(`[data-section=${name}]`);

/** Redraw one section, keeping the focus where it was. */
function fill(name, children) {
  const node = section(name);
  if (node) refill(node, [children].flat(Infinity));
}

const act = (word, key, testid, work, kind = "") =>
  h("button", { type: "button", class: `button ${kind}`, data: { testid, key: testid }, on: { click: (event) => work(selected(), event.currentTarget) } }, t(word), h("kbd", {}, key));

function actionBar(incident) {
  if (incident.status === "closed") return null;
  return h("div", { class: "detail-actions" },
    act("locate", "P", "locate-button", placeByHand), act(incident.hold ? "resume" : "hold", "H", "hold-button", incident.hold ? resume : hold), act("close_incident", "X", "close-button", close, "danger"));
}

function chooseRole(role) {
  Object.assign(shown, { role, advice: null });
  drawAdvice();
  askAdvice();
}

/** The key S: the next role's advice. */
export const nextRole = () => { if (selected()) chooseRole(ROLES[(ROLES.indexOf(shown.role) + 1) % ROLES.length]); };

function drawMatch() {
  const incident = selected();
  if (incident && shown.id === incident.id) fill("match", incident.status === "closed" ? [] : proposalCard(incident, shown.advice));
}

function drawAdvice() {
  const incident = selected();
  drawMatch();
  if (!incident || incident.status === "closed" || (incident.partner && !incident.location)) { fill("advice", []); return; }
  fill("advice", recommendCard(incident, shown.advice, { role: shown.role, chooseRole }));
}

/** Ask for advice for what is on the screen; an answer that comes too late is dropped. */
async function askAdvice() {
  const incident = selected();
  shown.asked?.abort();
  if (!incident?.location || incident.status === "closed") return;
  const mine = new AbortController();
  shown.asked = mine;
  try {
    const advice = await fetchAdvice(incident.id, shown.role, mine.signal);
    if (mine !== shown.asked) return;
    shown.advice = advice;
    drawAdvice();
  } catch (error) {
    if (error.name !== "AbortError") fill("advice", h("p", { class: "notice danger" }, error.message));
  }
}

async function askHistory() {
  const id = state.selectedId;
  try {
    const events = await get(`/v1/incidents/${id}/events`);
    if (id !== state.selectedId) return;
    shown.events = events;
    fill("history", [h("h3", {}, t("history")), historyList(events, selected())]);
  } catch (error) {
    if (id !== state.selectedId) return;
    shown.events = null;
    fill("history", h("p", { class: "notice danger" }, error.message));
  }
}

async function askMessages() {
  const id = state.selectedId;
  try {
    const messages = await get(`/v1/incidents/${id}/messages`);
    if (id === state.selectedId) fill("messages", messagesCard(messages));
  } catch (error) {
    if (id === state.selectedId) fill("messages", h("p", { class: "notice danger" }, error.message));
  }
}

/** Nothing selected: what needs attention. */
function drawBoard() {
  const fresh = board(openIncident);
  const old = byId("detail").querySelector(".board"); // what scrolls stays
  if (old) refill(old, [...fresh.childNodes]);
  else byId("detail").replaceChildren(fresh);
}

const drawBoardSoon = soon(() => { if (!selected()) drawBoard(); }, BOARD_GATHER_MS);

function drawFrame(incident) {
  byId("detail").replaceChildren(
    h("article", { data: { testid: "incident-detail", id: incident.id } }, sections(incident).map((name) => h("section", { data: { section: name } }))),
    actionBar(incident) ?? "");
}

function drawDuplicates() {
  const incident = selected();
  if (incident && shown.id === incident.id) fill("duplicates", duplicatesCard(incident));
}

function drawPresence() {
  const incident = selected();
  if (incident && shown.id === incident.id) fill("presence", presenceCard(incident));
}

function drawIncident() {
  const incident = selected();
  drawPresence();
  fill("ends", endsCard(incident));
  fill("head", headCard(incident, () => select(null)));
  fill("risks", risksCard(incident));
  fill("tier", tierProposal(incident));
  drawDuplicates();
  fill("facts", factsCard(incident));
  fill("response", responseCard(incident));
  fill("assignments", assignmentsCard(incident));
  fill("scene", sceneCard(incident));
  fill("recovery", recoveryCard(incident));
  fill("follow_up", followUpCard(incident));
  tickHead(byId("detail"), incident);
  drawAdvice();
}

function renderAll() {
  const incident = selected();
  if (!incident) {
    if (shown.id) drawBoard();
    else drawBoardSoon();
    Object.assign(shown, { id: null, version: 0, advice: null });
    return;
  }
  const fresh = shown.id !== incident.id;
  if (!fresh && shown.version === incident.version) return;
  if (fresh) Object.assign(shown, { id: incident.id, advice: null, events: null, role: "surveyor" });
  shown.version = incident.version;
  const frame = [incident.id, ...sections(incident), incident.status === "closed", Boolean(incident.hold)].join(); // a merge undone opens it again
  if (fresh || frame !== shown.frame) drawFrame(incident);
  shown.frame = frame;
  if (fresh) byId("detail").scrollTop = 0;
  drawIncident();
  askAdvice();
  askHistory();
  askMessages();
}

function redraw() { shown.id = null; renderAll(); }

/** Bring the advice up to date while somebody still has to be sent, and ask again for what could not be read. */
function keepFresh() {
  const incident = selected();
  if (!incident || document.hidden) return;
  if (state.link === "lost") return;
  askMessages();
  if (sceneIsMissing()) fill("scene", sceneCard(incident));
  if (!shown.events) askHistory();
  if (!openAssignments(incident).some((one) => one.role === shown.role)) askAdvice();
}

/** Start the detail panel. @param {(id: string) => void} open shows an incident */
export function startDetail(open) {
  openIncident = open;
  for (const topic of ["incidents", "selection"]) on(topic, renderAll);
  on("duplicates", drawDuplicates);
  on("presence", drawPresence);
  for (const topic of ["proposals", "standby", "tasks", "background"]) on(topic, () => { if (!selected()) drawBoardSoon(); });
  on("proposals", drawAdvice);
  on("advice", askAdvice);
  beforeChange((id) => { if (id === shown.id) shown.asked?.abort(); });
  onLanguage(redraw);
  setInterval(() => { if (selected()) tickHead(byId("detail"), selected()); }, 1000);
  setInterval(keepFresh, REFRESH_MS);
  setInterval(drawBoardSoon, BOARD_MS);
  drawBoard();
}

/** Look at the selected incident again (after the link was lost). */
export const recheck = () => { if (state.selectedId) refetch(state.selectedId); };
