// What the console knows. The highest version of each incident wins; views listen to topics and draw again.

const BATCH_MS = 30;

export const state = {
  incidents: new Map(),
  units: new Map(),
  shops: [],
  network: null,
  autoOffer: false,
  answerWithin_s: 90,
  fixRules: { maxAge_s: 300, maxAccuracy_m: 500 }, // which positions the desk trusts
  own: new Set(), // incidents reported at this console: they need not be called out here
  ready: false,
  link: "waiting",
  isWatched: true, // by the background, which raises alarms and revises forecasts
  selectedId: null,
  filter: "all",
  search: "",
};

const listeners = new Map();
const pending = new Set();
let timer = 0;

/** Call `listener` after a change of `topic`: incidents, units, selection, network, presence, link, background, advice (stale: ask again). */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
}

function flush() {
  timer = 0;
  const topics = [...pending];
  pending.clear();
  const due = new Set(topics.flatMap((topic) => [...(listeners.get(topic) ?? [])]));
  for (const listener of due) listener();
}

/** Say that a topic changed; bursts are answered once. */
export function changed(topic) {
  pending.add(topic);
  timer ||= setTimeout(flush, BATCH_MS);
}

// Heard from the stream since it was opened: newer than any picture asked for before.
const heardIncidents = new Set();
const heardUnits = new Set();

/** The stream was (re)opened: from here on what it says is fresher than the picture now being fetched. */
export function streamOpened() {
  heardIncidents.clear();
  heardUnits.clear();
}

function keepHighest(incident) {
  const known = state.incidents.get(incident.id);
  if (known && known.version >= incident.version) return false;
  state.incidents.set(incident.id, incident);
  return true;
}

/** One incident, from the stream or from an answer; whether it is news. */
export function takeIncident(incident) {
  heardIncidents.add(incident.id);
  const isNews = keepHighest(incident);
  if (isNews) changed("incidents");
  return isNews;
}

let moved = () => {};

/** Call `listener(units)` at once with units whose place may have changed: thousands a second, of concern to the map alone. */
export function onMoved(listener) { moved = listener; }

/** Changed units from the stream. */
export function takeUnits(units) {
  for (const unit of units) {
    heardUnits.add(unit.id);
    state.units.set(unit.id, unit);
  }
  moved(units);
  changed("units");
}

/** Units that only moved; the service has told of each in full before. */
export function takeMoves(moves) {
  const known = [];
  for (const move of moves) {
    const unit = state.units.get(move.id);
    if (unit) known.push(Object.assign(unit, move));
  }
  moved(known);
}

/** A whole picture; whatever it no longer holds is gone, unless the stream has just told us of it. */
export function takePicture(picture) {
  const open = new Set(picture.incidents.map((incident) => incident.id));
  for (const [id, incident] of state.incidents) {
    const stale = !open.has(id) && !heardIncidents.has(id) && incident.status !== "closed";
    if (stale && id !== state.selectedId) state.incidents.delete(id);
  }
  picture.incidents.forEach(keepHighest);
  const present = new Set(picture.units.map((unit) => unit.id));
  for (const id of state.units.keys()) if (!present.has(id) && !heardUnits.has(id)) state.units.delete(id);
  for (const unit of picture.units) if (!heardUnits.has(unit.id)) state.units.set(unit.id, unit);
  state.shops = picture.shops;
  state.network = picture.network;
  state.autoOffer = picture.auto_offer;
  state.answerWithin_s = picture.answer_within_s;
  state.fixRules = { maxAge_s: picture.fix_max_age_s, maxAccuracy_m: picture.fix_max_accuracy_m };
  state.ready = true;
  moved([...state.units.values()]);
  for (const topic of ["incidents", "units", "network"]) changed(topic);
}

/** Forget closed incidents nobody looks at. */
export function dropClosed() {
  for (const [id, incident] of state.incidents) {
    if (incident.status === "closed" && id !== state.selectedId) state.incidents.delete(id);
  }
}

/** @param {string|null} id */
export function select(id) {
  if (state.selectedId === id) return;
  state.selectedId = id;
  changed("selection");
}

export const selected = () => state.incidents.get(state.selectedId) ?? null;
