// Whether the background still raises alarms, foretells and sends: said at once in one line, with what to do, and taken back in one.

import { now_ms } from "../clock.js";
import { byId, setText } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { changed, on, state } from "./state.js";
import "./outage_words.js";

const GOOD_NEWS_MS = 15_000;
const BAD = new Set(["silent", "catching_up", "starting"]);

let told = { state: "unknown" };
let wasBad = false; // and nothing better was heard since
let goodUntil_ms = 0; // by this browser's own clock

const inWords = (seconds) => (seconds < 120 ? t("bg_seconds", { n: Math.max(0, Math.floor(seconds)) }) : t("bg_minutes", { n: Math.floor(seconds / 60) }));
const since = (at) => inWords((now_ms() - Date.parse(at)) / 1000);

function waiting() {
  const parts = [
    told.forecasts_waiting ? t("bg_forecasts", { n: told.forecasts_waiting }) : "",
    told.messages_waiting ? t("bg_messages", { n: told.messages_waiting }) : "",
  ];
  return parts.filter(Boolean).join(t("bg_and"));
}

function words() {
  if (state.link === "lost") return ""; // not known; its own line says so
  if (told.state === "silent") return told.silent_since ? t("bg_silent", { time: since(told.silent_since) }) : t("bg_never");
  if (told.state === "starting") return t("bg_starting");
  if (told.state === "catching_up") return t("bg_catching_up", { what: waiting(), time: since(told.waiting_since) });
  return performance.now() < goodUntil_ms ? t("bg_well") : "";
}

function draw() {
  const line = byId("background");
  const said = words();
  line.hidden = !said;
  line.dataset.state = told.state;
  line.className = told.state === "silent" ? "stale" : `stale ${told.state === "well" ? "good" : "calm"}`;
  if (said) setText(line, said);
}

/** How the background stands, from the stream. */
export function takeBackground(next) {
  const turned = next.state !== told.state;
  told = next;
  if (told.state === "well" && wasBad) goodUntil_ms = performance.now() + GOOD_NEWS_MS;
  if (told.state !== "unknown") wasBad = BAD.has(told.state);
  state.isWatched = !["silent", "unknown"].includes(told.state);
  document.body.classList.toggle("unwatched", !state.isWatched);
  if (turned) changed("background");
  draw();
  if (turned && !byId("background").hidden) setText(byId(told.state === "silent" ? "spoken-now" : "spoken"), words()); // once, though the line ticks
}

/** Start the line. */
export function startBackground() {
  on("link", draw);
  onLanguage(draw);
  setInterval(draw, 1000);
}
