// The queue: one card an incident, ordered by time left. Only the cards in sight and a few around them exist; each is filled again
// when its incident has changed, and ticks once a second.

import { now_ms } from "../clock.js";
import { byId, h, setText } from "../dom.js";
import { countdown, duration, grade, minute, percent } from "../format.js";
import { label, language, onLanguage, t } from "../i18n.js";
import { arrivedAt, etaWords, filterCounts, leadAssignment, placeOf, queueOf, secondsLeft, urgency } from "./derive.js";
import { mergeable } from "./duplicates.js";
import { othersAt } from "./presence.js";
import { awaitedBy } from "./proposals.js";
import { tierChips } from "./response.js";
import { foundIds, takeFound } from "./search.js";
import { on, select, state } from "./state.js";

const CARD_PX = 86; // the height of each
const AROUND = 6; // cards above and below those in sight, for the eye and the tabulator key

const cards = new Map();
const view = { top: 0, height: 0 }; // of the list, in pixels
let order = [];
let openIncident = () => {};

function newCard(id) {
  const part = (name, tag = "span", more = "") => h(tag, { class: `q-${name} ${more}` });
  const parts = {
    left: part("left", "span", "number"), leftWord: part("left-word", "span", "muted"), chips: part("chips"), status: part("status"),
    place: part("place", "span", "ellipsis"), unit: part("unit", "span", "ellipsis"), who: part("who", "span", "ellipsis"), p: part("p", "span", "number"), fill: h("i"),
  };
  parts.bar = h("span", { class: "bar q-bar" }, parts.fill);
  const button = h("button", { type: "button", class: "queue-item", data: { testid: "queue-item", id }, on: { click: () => openIncident(id) } },
    h("span", { class: "q-top" }, parts.left, parts.leftWord, parts.chips, parts.status),
    h("span", { class: "q-middle" }, parts.place, parts.who),
    h("span", { class: "q-bottom" }, parts.unit, parts.bar, parts.p));
  return { node: h("li", {}, button), button, parts };
}

function fillChips(node, incident) {
  const chips = [
    mergeable(incident.id) ? h("span", { class: "chip duplicate", data: { testid: "duplicate-chip" } }, t("dup_chip")) : null,
    ...tierChips(incident, { most: 2 }).filter((chip) => !["standard", "minor"].includes(chip.dataset.tier)),
    incident.commitment ? h("span", { class: "chip" }, label("zone", incident.commitment.zone, incident.commitment.zone_label)) : null,
  ].filter(Boolean);
  node.replaceChildren(...chips);
}

const presentWords = (others) => others.map((one) => (one.writing ? t("presence_pen", { name: one.name }) : one.name)).join("、");

/** Fill a card; nothing is done where it shows this very incident already. */
function fillCard(card, incident) {
  const { parts, button } = card;
  const selected = String(incident.id === state.selectedId);
  if (button.getAttribute("aria-current") !== selected) button.setAttribute("aria-current", selected);
  const others = othersAt(incident.id);
  const shown = `${language()} ${Boolean(mergeable(incident.id))} ${presentWords(others)}`;
  if (card.incident === incident && card.shown === shown) return;
  Object.assign(card, { incident, shown });
  const lead = leadAssignment(incident);
  fillChips(parts.chips, incident);
  setText(parts.status, incident.status === "held" ? t("held_until", { time: minute(incident.hold.until) }) : label("incident_status", incident.status, incident.status_label));
  parts.status.dataset.status = incident.status;
  setText(parts.place, placeOf(incident) || incident.text || t("place_unknown"));
  const p = arrivedAt(incident) ? null : lead?.p_kept ?? null;
  parts.bar.hidden = parts.p.hidden = p === null;
  parts.bar.className = `bar q-bar ${grade(p)}`;
  parts.fill.style.width = `${(p ?? 0) * 100}%`;
  const byLine = !arrivedAt(incident) && lead && p === null;
  parts.p.hidden = p === null && !byLine;
  setText(parts.p, byLine ? t("straight_line") : p === null ? "" : `${t("p_short")} ${percent(p)}`);
  parts.who.hidden = !others.length;
  parts.who.classList.toggle("writing", others.some((one) => one.writing));
  setText(parts.who, presentWords(others));
  tickCard(card, incident, now_ms());
}

/** What was foretold at the report, or that it is yet to come; without roads nothing is foretold. */
function forecastWords(incident, now) {
  if (incident.foreseen) return incident.foreseen.eta_at && Date.parse(incident.foreseen.eta_at) > now ? t("forecast_made", { time: minute(incident.foreseen.eta_at) }) : "";
  if (!incident.forecast_awaited_until || !state.network?.edges) return "";
  return t(Date.parse(incident.forecast_awaited_until) > now ? "forecast_awaited" : "forecast_wanting");
}

function unitLine(incident, now) {
  const lead = leadAssignment(incident);
  if (!lead && incident.partner) return incident.partner.name;
  const awaited = lead ? null : awaitedBy(incident);
  if (awaited) return t("awaited", { unit: awaited.unit_name, time: minute(awaited.free_at) });
  if (!lead && incident.hold) return label("hold_reason", incident.hold.reason, incident.hold.reason_label);
  if (!lead) return incident.location ? [t("no_unit"), forecastWords(incident, now)].filter(Boolean).join(" · ") : t("place_unknown");
  if (lead.status === "offered") return `${lead.unit_name} · ${t("answer_wait", { time: duration((now - Date.parse(lead.offered_at)) / 1000) })}`;
  if (arrivedAt(incident)) return lead.unit_name;
  return `${lead.unit_name} · ${etaWords(lead.eta_at, now)}`;
}

function tickCard(card, incident, now) {
  const left_s = secondsLeft(incident, now);
  const arrived = arrivedAt(incident);
  card.button.dataset.urgency = urgency(incident, now);
  const spent_s = arrived ? (Date.parse(arrived) - Date.parse(incident.commitment?.starts_at ?? incident.reported_at)) / 1000 : 0;
  setText(card.parts.left, arrived ? duration(spent_s) : left_s === null ? t("clock_none") : countdown(left_s));
  setText(card.parts.leftWord, arrived ? t("arrived_after") : left_s === null ? "" : left_s < 0 ? t("overdue") : t("left"));
  setText(card.parts.unit, unitLine(incident, now));
  card.parts.unit.classList.toggle("warn", !leadAssignment(incident));
}

function tick() {
  const now = now_ms();
  for (const [id, card] of cards) if (state.incidents.has(id)) tickCard(card, state.incidents.get(id), now);
}

function dropCard(id) {
  cards.get(id).node.remove();
  cards.delete(id);
}

/** Put a card at its place in the queue; readers of the page are told which of how many it is. */
function placeCard(card, at) {
  card.node.style.setProperty("--at", at);
  card.node.setAttribute("aria-posinset", at + 1);
  card.node.setAttribute("aria-setsize", order.length);
}

/** Places of the cards to draw: those in sight, those around them, and the one with the focus wherever it is. */
function placesDrawn() {
  const top = Math.max(0, Math.min(view.top, order.length * CARD_PX - view.height));
  const first = Math.max(0, Math.floor(top / CARD_PX) - AROUND);
  const last = Math.min(order.length, Math.ceil((top + view.height) / CARD_PX) + AROUND);
  const places = Array.from({ length: last - first }, (_, n) => first + n);
  const focused = byId("queue-list").contains(document.activeElement) ? order.indexOf(document.activeElement.dataset.id) : -1;
  return focused < 0 || (focused >= first && focused < last) ? places : [...places, focused].sort((a, b) => a - b);
}

function drawCards() {
  const list = byId("queue-list");
  const places = placesDrawn();
  const drawn = new Set(places.map((at) => order[at]));
  for (const id of cards.keys()) if (!drawn.has(id)) dropCard(id);
  let next = list.firstChild; // before it the next card belongs
  for (const at of places) {
    const id = order[at];
    if (!state.incidents.has(id)) continue; // gone a moment ago: the next frame draws the queue without it
    if (!cards.has(id)) cards.set(id, newCard(id));
    const card = cards.get(id);
    placeCard(card, at);
    fillCard(card, state.incidents.get(id));
    if (next !== card.node) list.insertBefore(card.node, next);
    else next = next.nextSibling;
  }
}

/** Scroll no further than needed to see the card at a place, and draw it. */
function bringCard(at) {
  const list = byId("queue-list");
  const top = at * CARD_PX;
  if (top < view.top) list.scrollTop = top;
  else if (top + CARD_PX > view.top + view.height) list.scrollTop = top + CARD_PX - view.height;
  view.top = list.scrollTop;
  drawCards();
}

function sayEmpty(total) {
  const box = byId("queue-empty");
  box.hidden = order.length > 0 || foundIds().length > 0;
  if (box.hidden) return;
  setText(box, t(!state.ready ? "loading" : total ? "queue_none" : "queue_empty"));
}

function countFilters() {
  const counts = filterCounts(state);
  for (const node of byId("filters").querySelectorAll("[data-n]")) setText(node, counts[node.dataset.n] || "");
}

function render() {
  order = queueOf(state).map((incident) => incident.id);
  byId("queue-list").style.setProperty("--cards", order.length);
  drawCards();
  countFilters();
  sayEmpty([...state.incidents.values()].some((one) => one.status !== "closed"));
}

/** Move by `step` cards from the selected one (or the focused) and select there. */
export function walk(step) {
  const all = [...order, ...foundIds()];
  if (!all.length) return;
  const at = all.indexOf(state.selectedId);
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  takeFound(next);
  select(next);
  const place = order.indexOf(next);
  if (place >= 0) bringCard(place);
  const button = cards.get(next)?.button ?? byId("found").querySelector(`[data-id="${CSS.escape(next)}"]`);
  button.focus({ preventScroll: true });
  if (place < 0) button.scrollIntoView({ block: "nearest" });
}

function startScrolling() {
  const list = byId("queue-list");
  list.style.setProperty("--card", `${CARD_PX}px`);
  list.addEventListener("scroll", () => { view.top = list.scrollTop; drawCards(); }, { passive: true });
  new ResizeObserver(([{ contentRect }]) => { view.height = contentRect.height; drawCards(); }).observe(list);
}

function startFilters() {
  byId("filters").addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-filter]");
    if (!chosen) return;
    state.filter = chosen.dataset.filter;
    for (const button of byId("filters").children) button.setAttribute("aria-pressed", String(button === chosen));
    render();
  });
  byId("search").addEventListener("input", (event) => { state.search = event.target.value; render(); });
}

/** Start the queue. @param {(id: string) => void} open called when a card is chosen */
export function startQueue(open) {
  openIncident = open;
  startScrolling();
  startFilters();
  for (const topic of ["incidents", "selection", "duplicates", "presence", "proposals", "found"]) on(topic, render);
  onLanguage(render);
  setInterval(tick, 1000);
  render();
}
