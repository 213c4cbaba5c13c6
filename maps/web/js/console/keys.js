// The keyboard path: N report, arrows walk, Enter opens, A assigns, / searches, Esc goes back.

import { byId } from "../dom.js";
import { assignFirst } from "./actions.js";
import { shownAdvice } from "./detail.js";
import { showKeys } from "./dialogs.js";
import { cancelPin, pinning } from "./pin.js";
import { walk } from "./queue.js";
import { closeReport, openReport, reportOpen, sendReport } from "./report.js";
import { select, state } from "./state.js";

const writing = (target) => target.closest("input:not([type=radio]), textarea, select, [contenteditable]") !== null;

function back() {
  if (pinning()) cancelPin();
  else if (reportOpen()) closeReport();
  else if (state.selectedId) select(null);
}

function enter(open) {
  if (state.selectedId) open(state.selectedId);
}

function plainKey(event, open) {
  const onControl = event.target.closest("button, a, summary, .maplibregl-canvas");
  const onCard = event.target.closest(".queue-item");
  switch (event.key) {
    case "n": case "N": return openReport;
    case "a": case "A": return () => assignFirst(shownAdvice());
    case "/": return () => byId("search").focus();
    case "?": return showKeys;
    case "ArrowDown": return onControl && !onCard ? null : () => walk(1);
    case "ArrowUp": return onControl && !onCard ? null : () => walk(-1);
    case "Enter": return onControl ? null : () => enter(open);
    default: return null;
  }
}

function press(event, open) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && reportOpen()) { event.preventDefault(); sendReport(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") { event.target.blur?.(); back(); return; }
  if (writing(event.target)) {
    if (event.target.id === "search" && (event.key === "ArrowDown" || event.key === "Enter")) { event.preventDefault(); walk(0); }
    return;
  }
  const work = plainKey(event, open);
  if (work) { event.preventDefault(); work(); }
}

/** Listen to the keyboard. @param {(id: string) => void} open shows an incident */
export function startKeys(open) {
  document.addEventListener("keydown", (event) => press(event, open));
  byId("keys").addEventListener("click", showKeys);
}
