// Counters, wall clock, and whether what is shown is true now.

import { now_ms } from "../clock.js";
import { byId, setText } from "../dom.js";
import { clock, duration } from "../format.js";
import { label, onLanguage, t } from "../i18n.js";
import { showLink, showProvenance } from "../shell.js";
import { soon } from "../soon.js";
import { anySimulated, countsOf, freeUnits } from "./derive.js";
import { changed, on, state } from "./state.js";

const GATHER_MS = 250;
const ALARMING = { waiting: "danger", due: "warn", alarms: "danger" };

function tick() {
  setText(byId("wall-clock"), clock(now_ms()));
  sayStale();
  if (!state.ready) return;
  const counts = countsOf(state, now_ms());
  for (const node of byId("counters").querySelectorAll("[data-count]")) {
    const name = node.dataset.count;
    setText(node, counts[name]);
    node.className = counts[name] > 0 ? ALARMING[name] ?? "" : "";
  }
  sayFree(freeUnits(state.units.values(), "surveyor", state.fixRules, now_ms()));
}

/** Who can truly be sent; beside it who waits for work and would not be. */
function sayFree({ sendable, others }) {
  const { shift_ending: ending = 0, ...unplaced } = others;
  const n = Object.values(unplaced).reduce((sum, one) => sum + one, 0);
  const beside = [n ? t(n === unplaced.stale_position ? "free_stale" : "free_unplaced", { n }) : "", ending ? t("free_ending", { n: ending }) : ""];
  const list = Object.entries(others).map(([reason, count]) => `${label("refusal", reason, reason)} ${count}`).join(t("bg_and"));
  setText(byId("free"), sendable);
  setText(byId("free-others"), beside.filter(Boolean).join(" · "));
  byId("free-others").hidden = !list;
  const hint = t("free_hint", { others: list ? t("free_others", { list }) : "" }).trim();
  if (byId("free-units").title !== hint) byId("free-units").title = hint;
}

let heardLast_ms = 0; // by the service's clock: what is on the screen was true then

/** While the link is lost: since when what is shown is old. */
function sayStale() {
  const lost = state.link === "lost";
  if (state.link === "live") heardLast_ms = now_ms();
  byId("stale").hidden = !lost || !heardLast_ms;
  if (lost) setText(byId("stale"), t("stale", { time: clock(heardLast_ms), ago: duration((now_ms() - heardLast_ms) / 1000) }));
}

function provenance() {
  showProvenance({ simulated: anySimulated(state), schematic: Boolean(state.network?.schematic) });
}

/** Show how the link is. */
export function sayLink(link) {
  state.link = link;
  showLink(link);
  document.body.classList.toggle("link-lost", link === "lost");
  sayStale();
  changed("link");
}

/** Start the header. */
export function startHeader() {
  const tickSoon = soon(() => { tick(); provenance(); }, GATHER_MS);
  for (const topic of ["incidents", "units", "network"]) on(topic, tickSoon);
  onLanguage(() => { tick(); showLink(state.link); });
  setInterval(tick, 1000);
  tick();
}
