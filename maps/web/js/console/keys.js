// The keyboard: one table that is both obeyed and shown, so that the help cannot say anything else.

import { byId, h } from "../dom.js";
import { t } from "../i18n.js";
import { assignRank, decline, placeByHand, reassign, release, withAssignment } from "./actions.js";
import { dismissCalls, openCall } from "./calls.js";
import { nextRole, shownAdvice } from "./detail.js";
import { show } from "./dialogs.js";
import { mergeFirst } from "./duplicates.js";
import { close, holdOrResume } from "./ends.js";
import { cancelPin, pinning } from "./pin.js";
import { walk } from "./queue.js";
import { closeReport, openReport, reportOpen, sendReport } from "./report.js";
import { askSound } from "./sound_settings.js";
import { select, selected, state } from "./state.js";

const writing = (target) => target.closest("input:not([type=radio]), textarea, select, [contenteditable]") !== null;
const role = () => shownAdvice()?.role ?? "surveyor";
const isOffered = (one) => one.status === "offered";
const withSelected = (act) => () => { if (selected()) act(selected()); };

/** Leave the incident and stand on the first row of the board. */
function toBoard() {
  select(null);
  document.body.dataset.view = "side";
  setTimeout(() => byId("detail").querySelector(".board .board-row")?.focus(), 60); // once it is drawn
}

const boardRows = () => [...byId("detail").querySelectorAll(".board button")].filter((one) => one.offsetParent);

/** Arrows move through whatever list has the focus: the board or the queue. */
function step(by) {
  const rows = boardRows();
  const at = rows.indexOf(document.activeElement);
  if (at < 0) walk(by);
  else rows[Math.min(rows.length - 1, Math.max(0, at + by))].focus();
}

function back() {
  if (pinning()) cancelPin();
  else if (reportOpen()) closeReport();
  else if (state.selectedId) select(null);
  else dismissCalls();
}

/** What each key does where nobody is writing; `keys` as events name them, `shown` as people read them. */
const KEYS = [
  { keys: ["n"], shown: "N", word: "key_new", act: () => openReport() },
  { keys: [], shown: "Tab · 1 2 3", word: "key_answer" },
  { keys: [], shown: "Ctrl+Enter", word: "key_send" },
  { keys: ["ArrowDown"], shown: "↓", word: "key_down", act: () => step(1) },
  { keys: ["ArrowUp"], shown: "↑", word: "key_up", act: () => step(-1) },
  { keys: ["Enter"], shown: "Enter", word: "key_open", act: (open) => { if (state.selectedId) open(state.selectedId); } },
  { keys: ["a", "1"], shown: "A / 1", word: "key_assign", act: () => assignRank(shownAdvice(), 1) },
  ...[2, 3, 4, 5, 6].map((n) => ({ keys: [String(n)], shown: n === 2 ? "2 … 6" : "", word: "key_override", act: () => assignRank(shownAdvice(), n) })),
  { keys: ["s"], shown: "S", word: "key_role", act: () => nextRole() },
  { keys: ["r"], shown: "R", word: "key_reassign", act: () => withAssignment(reassign, role()) },
  { keys: ["f"], shown: "F", word: "key_release", act: () => withAssignment(release, role()) },
  { keys: ["d"], shown: "D", word: "key_decline", act: () => withAssignment(decline, role(), isOffered) },
  { keys: ["h"], shown: "H", word: "key_hold", act: () => holdOrResume() },
  { keys: ["x"], shown: "X", word: "key_close", act: withSelected((one) => close(one)) },
  { keys: ["m"], shown: "M", word: "key_merge", act: withSelected((one) => mergeFirst(one)) },
  { keys: ["p"], shown: "P", word: "key_place", act: withSelected((one) => placeByHand(one)) },
  { keys: ["b"], shown: "B", word: "key_board", act: () => toBoard() },
  { keys: ["g"], shown: "G", word: "key_call", act: () => openCall() },
  { keys: ["/"], shown: "/", word: "key_search", act: () => byId("search").focus() },
  { keys: ["v"], shown: "V", word: "key_sound", act: () => askSound() },
  { keys: [], shown: "Esc", word: "key_back" },
  { keys: ["?"], shown: "?", word: "key_help", act: () => showKeys() },
];
const BY_KEY = new Map(KEYS.flatMap((one) => one.keys.map((key) => [key, one])));

function showKeys() {
  return show(h("dialog", { class: "wide", "aria-labelledby": "keys-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "keys-title" }, t("keys_title")),
      h("dl", { class: "keys" }, KEYS.filter((one) => one.shown).map((one) => h("div", {}, h("dt", {}, h("kbd", {}, one.shown)), h("dd", {}, t(one.word))))),
      h("div", { class: "actions" }, h("button", { class: "button primary", value: "ok", autofocus: "" }, t("close"))))));
}

/** Keys that press what has the focus are left to it. */
function isForControl(event) {
  const control = event.target.closest("button, a, summary, .maplibregl-canvas");
  if (!control) return false;
  if (event.key === "Enter") return true;
  return event.key.startsWith("Arrow") && !event.target.closest(".queue-item, .board");
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
  if (reportOpen() || isForControl(event)) return; // in the form, letters and digits are answers
  const found = BY_KEY.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (found) { event.preventDefault(); found.act(open); }
}

/** Listen to the keyboard. @param {(id: string) => void} open shows an incident */
export function startKeys(open) {
  document.addEventListener("keydown", (event) => press(event, open));
  byId("keys").addEventListener("click", showKeys);
}
