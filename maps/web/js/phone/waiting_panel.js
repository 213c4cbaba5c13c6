// What has not reached the desk: what waits and since when, what was refused and what to do about it.

import { goToLogin } from "../api.js";
import { byId, h } from "../dom.js";
import { minute } from "../format.js";
import { t } from "../i18n.js";
import { drop, retry, waiting, waitingOfOthers } from "../outbox.js";
import { sure } from "./dialogs.js";

const SHOWN_AFTER_MS = 2500; // with signal an action is gone before anybody could read of it

/** What a person calls an entry. */
export function nameOf({ about }) {
  if (about.words) return about.words; // already in words, by who wrote it down
  return about.what === "duty" ? t(`sv_what_duty_${about.kind}`) : t(`sv_${about.what}`);
}

const hint = ({ status }) => t({ 409: "sv_refused_409", 403: "sv_refused_403", 404: "sv_refused_403" }[status] ?? "sv_refused_other");

async function giveUp(entry) {
  const title = `${t("sv_drop_title")} ${nameOf(entry)}`;
  if (await sure({ title, text: t("sv_drop_text"), yes: t("sv_drop") })) await drop(entry.n);
}

function refusedNode(entry) {
  return h("li", { class: "refused", role: "alert", data: { testid: "refused", what: entry.about.what } },
    h("p", { class: "strong" }, t("sv_refused", { what: nameOf(entry), at: minute(entry.captured_at) })),
    h("p", {}, entry.problem.message),
    h("p", {}, hint(entry.problem)),
    h("div", { class: "row" },
      h("button", { type: "button", class: "button grow", data: { testid: "retry" }, on: { click: () => retry(entry.n) } }, t("sv_retry")),
      h("button", { type: "button", class: "button grow", data: { testid: "drop" }, on: { click: () => giveUp(entry) } }, t("sv_drop"))));
}

function waitingNode(entry, held) {
  const words = [minute(entry.captured_at), nameOf(entry), entry.about.place, held && t("sv_waiting_held")].filter(Boolean).join(" · ");
  return h("li", { data: { testid: "waits", what: entry.about.what } }, words);
}

function lines(entries) {
  const stuck = new Set();
  return entries.map((entry) => {
    const held = stuck.has(entry.about.chain);
    if (entry.state === "refused") stuck.add(entry.about.chain);
    return entry.state === "refused" ? refusedNode(entry) : waitingNode(entry, held);
  });
}

/** Draw the panel anew. @param {{offline: boolean, fixes: number}} now */
export function showWaiting({ offline, fixes }) {
  const entries = waiting();
  const refused = entries.some((entry) => entry.state === "refused");
  const expired = entries.some((entry) => entry.problem?.status === 401);
  const old = entries.some((entry) => Date.now() - (entry.noted_ms ?? 0) > SHOWN_AFTER_MS);
  const others = waitingOfOthers();
  const panel = byId("waiting");
  panel.dataset.n = String(entries.length);
  panel.hidden = !(others || (entries.length && (offline || refused || expired || old)));
  if (panel.hidden) { panel.replaceChildren(); panel.dataset.meaning = ""; return; }
  const meaning = JSON.stringify([document.documentElement.lang, entries.map((e) => [e.n, e.state, e.problem?.message]), expired, fixes, others]);
  if (panel.dataset.meaning === meaning) return; // a button must not vanish under the finger
  panel.dataset.meaning = meaning;
  const stuck = new Set(entries.filter((entry) => entry.state === "refused").map((entry) => entry.about.chain));
  const first = entries.find((entry) => entry.state === "waiting" && !stuck.has(entry.about.chain));
  const number = entries.filter((entry) => entry.state === "waiting").length;
  panel.className = `waiting-panel ${refused ? "danger" : "warn"}`;
  panel.replaceChildren(...[
    refused && h("p", { class: "head" }, t("sv_refused_count", { n: entries.length - number })),
    number && h("p", { class: "head", data: { testid: "waiting-count", n: String(number) } }, t("sv_waiting", { n: number })),
    first && h("p", {}, t(expired ? "sv_waiting_login" : "sv_waiting_since", { at: minute(first.captured_at) })),
    expired && h("button", { type: "button", class: "button primary", on: { click: goToLogin } }, t("sv_sign_in")),
    h("ol", {}, lines(entries)),
    fixes > 0 && number > 0 && h("p", { class: "fine" }, t("sv_waiting_fixes", { n: fixes })),
    others > 0 && h("p", { class: "fine" }, t("sv_waiting_others", { n: others })),
  ].filter(Boolean));
}
