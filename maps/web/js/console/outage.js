// What is away and what that means; reports that wait on the service's own disk until the database is back.

import { get, post } from "../api.js";
import { attempt, byId, h, refill, setText } from "../dom.js";
import { clock } from "../format.js";
import { label, language, onLanguage, t } from "../i18n.js";
import { on, select, state } from "./state.js";
import "./outage_words.js";

const CALM_MS = 15_000;
const LOST_MS = 2000;

let status = { degradations: [], database_away_since: null, waiting: 0, set_aside: 0 };
let reports = [];
let timer = 0;
let hasLooked;

/** Kept once it is known for the first time how things stand. */
export const looked = new Promise((done) => { hasLooked = done; });

/** Whether a part of the service ("network", "push", …) is known to be away. */
export const isAway = (part) => status.degradations.some((one) => one.part === part);

const concerns = () => Boolean(status.database_away_since) || status.waiting > 0 || status.set_aside > 0;

/** What an answer without the database lacks, in the reader's language. */
export const lacksOf = (preview) => preview.lacks.map((one) => label("lack", one.lack, one.label)).join(language() === "en" ? ", " : "、");

function banner() {
  if (status.database_away_since) return t("away", { n: status.waiting });
  if (status.waiting) return t("away_back", { n: status.waiting });
  return status.set_aside ? t("away_set_aside", { n: status.set_aside }) : "";
}

function placeWords({ preview }) {
  if (preview.partner) return t("q_partner", { partner: preview.partner });
  return preview.location ? [preview.location.district, preview.location.matched_text].filter(Boolean).join(" · ") : t("place_unknown");
}

function settled(one) {
  if (one.state === "entered") {
    return h("button", { type: "button", class: "button quiet", data: { key: `open-${one.number}` }, on: { click: () => select(one.incident_id) } }, t("q_entered", { id: one.incident_id }));
  }
  if (one.state !== "set_aside") return h("p", { class: "fine" }, t("q_lacks", { lacks: lacksOf(one.preview) }));
  const again = (event) => attempt(async () => { await post(`/v1/queue/${one.number}/again`); await look(); }, event.currentTarget);
  return [h("p", { class: "danger" }, t("q_set_aside", { why: one.problem })),
    h("button", { type: "button", class: "button", data: { testid: "queued-again", key: `again-${one.number}` }, on: { click: again } }, t("q_again"))];
}

const row = (one) => h("li", { class: "queued-item", data: { testid: "queued-item", state: one.state } },
  h("p", { class: "row wrap" }, h("strong", { class: "number" }, one.provisional_number), h("span", { class: "number muted" }, clock(Date.parse(one.reported_at))),
    h("span", { class: "chip" }, t({ waiting: "q_waiting", set_aside: "q_set_aside_chip", entered: "q_done" }[one.state])), one.preview.tiers.length ? h("span", { class: "muted" }, one.preview.tiers.join("、")) : null),
  one.text ? h("p", {}, h("strong", {}, placeWords(one))) : null,
  one.text ? h("p", { class: "muted" }, [one.text, one.plate, one.phone].filter(Boolean).join(" · ")) : null,
  one.preview.question && one.state === "waiting" ? h("p", { class: "notice" }, one.preview.question) : null,
  settled(one));

function drawParts() {
  const parts = status.degradations.filter((one) => one.part !== "database");
  byId("parts-away").hidden = !parts.length;
  setText(byId("parts-away-count"), t("parts_away", { n: parts.length }));
  refill(byId("parts-away-list"), parts.map((one) => h("li", { data: { testid: "part-away", part: one.part } },
    h("strong", {}, label("part", one.part, one.label)), ` ${t("since", { time: clock(Date.parse(one.since)) })} `, label("part_means", one.part, one.means))));
}

function draw() {
  const words = banner();
  byId("away").hidden = !words;
  byId("away").className = status.database_away_since ? "stale" : "stale calm";
  setText(byId("away"), words);
  byId("queued").hidden = !reports.length;
  refill(byId("queued-list"), reports.map(row));
  drawParts();
}

/** Look how things stand, now and again from here on. */
export async function look() {
  clearTimeout(timer);
  try {
    status = await get("/v1/status", { stay: true });
    reports = concerns() ? (await get("/v1/queue")).reports : [];
    draw();
  } catch { /* the banner of the lost link says so */ }
  hasLooked();
  clearTimeout(timer);
  timer = setTimeout(look, concerns() || state.link !== "live" ? LOST_MS : CALM_MS);
}

/** Start looking. */
export function startOutage() {
  on("link", look);
  onLanguage(draw);
  look();
}
