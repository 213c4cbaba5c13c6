// Who has what open: told to the service every few seconds, heard from the stream, shown on cards and in the detail.

import { post } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { newKey } from "../new_key.js";
import { reportOpen } from "./report.js";
import { changed, on, state } from "./state.js";

const TELL_MS = 3000;
const MINE = newKey();
let present = [];
let last = "";

/** Whether somebody is being asked for a reason or writes: others had better wait. */
const writing = () => !reportOpen() && (document.querySelector("dialog[open]") !== null || Boolean(document.activeElement?.closest?.("#detail input, #detail textarea")));

const mine = () => ({ console: MINE, incident_id: document.hidden ? null : state.selectedId, writing: Boolean(state.selectedId) && writing() });

async function tell() {
  if (state.link !== "live") return;
  const body = mine();
  last = JSON.stringify(body);
  try { await post("/v1/presence", body); } catch { /* told again in a moment; the stream says when the link is lost */ }
}

const tellChange = () => { if (JSON.stringify(mine()) !== last) tell(); };

/** Others who have this incident open: [{name, writing}], each name once. */
export function othersAt(incidentId) {
  const found = new Map();
  for (const one of present) {
    if (one.console === MINE || one.incident_id !== incidentId) continue;
    found.set(one.name, { name: one.name, writing: one.writing || Boolean(found.get(one.name)?.writing) });
  }
  return [...found.values()];
}

/** Take what the stream says. */
export function takePresence(list) {
  present = list;
  changed("presence");
}

/** "李四 正在处理", or nothing. */
export function presenceCard(incident) {
  const others = othersAt(incident.id);
  if (!others.length) return [];
  return [h("p", { class: "presence", role: "status", data: { testid: "presence" } },
    others.map((one) => t(one.writing ? "presence_writing" : "presence_open", { name: one.name })).join(";"))];
}

/** Keep telling; the last word goes out as the page does. */
export function startPresence() {
  on("selection", tell);
  setInterval(tell, TELL_MS);
  setInterval(tellChange, 500);
  addEventListener("pagehide", () => {
    fetch("/v1/presence", { method: "POST", keepalive: true, credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...mine(), gone: true }) }).catch(() => {});
  });
}
