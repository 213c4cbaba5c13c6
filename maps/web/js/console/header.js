// Counters, wall clock and the title that calls when something waits.

import { now_ms } from "../clock.js";
import { byId, setText } from "../dom.js";
import { clock } from "../format.js";
import { onLanguage, t } from "../i18n.js";
import { showLink, showProvenance } from "../shell.js";
import { anySimulated, countsOf } from "./derive.js";
import { on, state } from "./state.js";

const ALARMING = { waiting: "danger", due: "warn", alarms: "danger" };

function tick() {
  setText(byId("wall-clock"), clock(now_ms()));
  if (!state.ready) return;
  const counts = countsOf(state, now_ms());
  for (const node of document.querySelectorAll("[data-count]")) {
    const name = node.dataset.count;
    setText(node, counts[name]);
    node.className = counts[name] > 0 ? ALARMING[name] ?? "" : "";
  }
  const title = t("console_title");
  document.title = counts.waiting ? `(${counts.waiting}) ${title}` : title;
}

function provenance() {
  showProvenance({ simulated: anySimulated(state), schematic: Boolean(state.network?.schematic) });
}

/** Show how the link is. */
export function sayLink(link) {
  state.link = link;
  showLink(link);
  document.body.classList.toggle("link-lost", link === "lost");
}

/** Start the header. */
export function startHeader() {
  for (const topic of ["incidents", "units", "network"]) on(topic, () => { tick(); provenance(); });
  onLanguage(() => { tick(); showLink(state.link); });
  setInterval(tick, 1000);
  tick();
}
