// Looking further than the queue: incidents of the last days, closed ones too, that the service finds.

import { address, get } from "../api.js";
import { byId, h } from "../dom.js";
import { dateTime } from "../format.js";
import { label, onLanguage, t } from "../i18n.js";
import { isOpen, placeOf } from "./derive.js";
import { changed, on, select, state, takeIncident } from "./state.js";

const DEBOUNCE_MS = 250;
const DAYS = 7;
const SHORTEST = 2;

let found = []; // as the service found them; those in the queue are left out where they are shown
let asked = null;
let timer = 0;

const further = () => found.filter((one) => !isOpen(state.incidents.get(one.id) ?? one));

/** Ids of what is shown below the queue, in order. */
export const foundIds = () => further().map((one) => one.id);

/** Put a found incident among those the console knows, so that it can be opened. */
export function takeFound(id) {
  const one = found.find((incident) => incident.id === id);
  if (one && !state.incidents.has(id)) takeIncident(one);
}

function row(one) {
  const ended = one.closed?.code ? label("close_code", one.closed.code, one.closed.code_label) : label("incident_status", one.status, one.status_label);
  return h("li", {}, h("button", {
    type: "button", class: "queue-item", "aria-current": String(one.id === state.selectedId), data: { testid: "found-item", id: one.id },
    on: { click: () => { takeFound(one.id); select(one.id); document.body.dataset.view = "side"; } },
  }, h("span", { class: "q-top" }, h("span", { class: "number" }, one.id), h("span", { class: "q-chips" }), h("span", { class: "q-status" }, ended)),
  h("span", { class: "q-place ellipsis" }, placeOf(one) || one.text),
  h("span", { class: "q-bottom" }, h("span", { class: "number" }, dateTime(one.reported_at)), h("span", { class: "ellipsis" }, [one.plate, one.phone].filter(Boolean).join(" · ")))));
}

function draw() {
  const list = further();
  const box = byId("found");
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  box.hidden = !list.length;
  box.replaceChildren(...(list.length ? [h("h3", {}, t("found_title", { days: DAYS, n: list.length })), h("ol", {}, list.map(row))] : []));
  if (focused) box.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

async function look(words) {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  try {
    found = words.length < SHORTEST ? [] : await get(address("/v1/search", { q: words, days: DAYS }), { signal: mine.signal });
  } catch (error) {
    if (error.name === "AbortError") return;
    found = []; // the queue is still filtered; the banner says when the link is lost
  }
  if (mine !== asked) return;
  draw();
  changed("found");
}

/** Listen to the search field. */
export function startSearch() {
  byId("search").addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(look, DEBOUNCE_MS, event.target.value.trim());
  });
  for (const topic of ["incidents", "selection"]) on(topic, () => { if (found.length) draw(); });
  onLanguage(draw);
}
