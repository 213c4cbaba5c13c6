// How a job is drawn: clock, place, way there, trail of steps.

import { countdown, duration, metres, minute, percent } from "../format.js";
import { h } from "../dom.js";
import { label, t } from "../i18n.js";
import { waysNode } from "./ways.js";

const STEPS = [
  ["offered", "offered_at"], ["accepted", "accepted_at"], ["en_route", "departed_at"],
  ["on_scene", "claimed_at"], ["cleared", "cleared_at"],
];
const WARN_S = 600;

/** The repair shop this job ends at, or null. */
export const shopFor = (incident, job) => (incident?.shop?.assignment_id === job?.id ? incident.shop : null);

function arrival(incident, job) {
  const due = incident.commitment;
  const late = due && Date.parse(job.claimed_at) > Date.parse(due.due_at);
  return h("div", { class: `job-clock ${late ? "danger" : ""}` },
    h("div", {},
      h("p", { class: "label" }, t("sv_took")),
      h("p", { class: "left" }, duration((Date.parse(job.claimed_at) - Date.parse(incident.reported_at)) / 1000))),
    h("p", { class: "eta" }, due ? t(late ? "sv_took_missed" : "sv_took_kept") : "",
      job.confirmed_at ? h("span", { class: "ok" }, h("br"), `✓ ${t("sv_confirmed")}`) : null));
}

/** How long an offer can still be answered, as large as can be. */
function answerClock(job) {
  const caption = h("p", { class: "label" });
  const left = h("p", { class: "left" });
  const node = h("div", { class: "job-answer", role: "timer", data: { testid: "answer-left" } }, caption, left);
  const tick = (now_ms) => {
    const left_s = (Date.parse(job.answer_due_at) - now_ms) / 1000;
    node.classList.toggle("danger", left_s < 30);
    caption.textContent = t(left_s < 0 ? "sv_answer_over" : "sv_answer_left");
    left.textContent = left_s < 0 ? "0:00" : duration(left_s);
  };
  return { node, tick };
}

/** The clock on top; `tick` sets what changes by the second. */
function clockOf(incident, job) {
  if (job.claimed_at) return { node: arrival(incident, job), tick: () => {} };
  const caption = h("p", { class: "label" });
  const left = h("p", { class: "left" });
  const due = incident.commitment;
  const node = h("div", { class: "job-clock", data: { testid: "time-left" } },
    h("div", {}, caption, left),
    h("p", { class: "eta" }, t("sv_eta"), h("strong", {}, minute(job.eta_at)), job.p_kept === null ? ` · ${t("straight_line")}` : t("sv_chance", { p: percent(job.p_kept) })));
  const tick = (now_ms) => {
    const left_s = due ? (Date.parse(due.due_at) - now_ms) / 1000 : null;
    const over = due && left_s < 0;
    node.className = `job-clock ${over ? "danger" : due && left_s < WARN_S ? "warn" : ""}`;
    caption.textContent = [t(over ? "sv_over" : "sv_left"), due && t("sv_due", { at: minute(due.due_at) })].filter(Boolean).join(" · ");
    left.textContent = countdown(left_s);
  };
  return { node, tick };
}

function placeOf(place) {
  if (!place) return h("p", { class: "job-place danger" }, t("sv_unlocated"));
  return [
    h("p", { class: "job-place" }, place.matched_text),
    h("p", { class: "job-meta" }, [place.district, t("sv_within", { m: metres(place.uncertainty_m) })].filter(Boolean).join(" · ")),
  ];
}

/** Where the vehicle goes. */
function shopOf(chosen) {
  if (!chosen) return null;
  const { shop } = chosen;
  return h("section", { class: "job-shop", data: { testid: "job-shop", shop: shop.shop_id } },
    h("p", { class: "job-place" }, t("sv_bring_to", { shop: shop.shop_name })),
    h("p", { class: "job-meta" }, [t("rc_eta", { time: minute(chosen.eta_at) }), chosen.make && t("rc_make", { make: chosen.make })].filter(Boolean).join(" · ")));
}

/** The way to the next stop, named where it is not the scene; nothing once one is there. */
function wayOf(job) {
  const stop = job.next_stop;
  if (!stop || (job.status === "on_scene" && stop.kind !== "shop")) return null;
  return [
    stop.kind === "hospital" ? h("p", { class: "job-meta strong", data: { testid: "goes-to" } }, t("sv_goes_to_hospital", { name: stop.name })) : null,
    waysNode(stop),
  ];
}

function trail(job) {
  const unsent = new Set(job.unsent);
  return h("ol", { class: "trail" }, STEPS.map(([step, time]) =>
    h("li", { class: job[time] ? (unsent.has(step) ? "done unsent" : "done") : "" }, t(`sv_step_${step}`),
      h("span", { class: "number" }, job[time] ? minute(job[time]) : ""),
      unsent.has(step) ? h("span", { class: "mark" }, t("sv_unsent_mark")) : null)));
}

/**
 * Draw my job.
 *
 * @returns {{node: HTMLElement, tick: (now_ms: number, away_m: number|null) => void}}
 */
export function drawJob(incident, job) {
  const clock = clockOf(incident, job);
  const answer = job.status === "offered" && job.answer_due_at ? answerClock(job) : null;
  const away = h("p", { class: "job-meta strong" });
  const place = incident.location;
  const facts = [t("sv_reported", { at: minute(incident.reported_at) }), incident.plate && t("sv_plate", { plate: incident.plate }), incident.id];
  const node = h("article", { class: "job", data: { testid: "job-card", status: job.status } },
    answer?.node ?? null,
    clock.node,
    h("div", { class: "job-body" },
      h("p", { class: "row wrap" },
        h("span", { class: `chip ${incident.tier}` }, label("tier", incident.tier, incident.tier_label)),
        incident.simulated ? h("span", { class: "badge sim" }, t("simulated")) : null),
      placeOf(place), away,
      h("p", { class: "job-text" }, incident.text),
      h("p", { class: "job-meta" }, facts.filter(Boolean).join(" · ")),
      incident.phone ? h("a", { class: "button", href: `tel:${incident.phone}` }, t("sv_call", { phone: incident.phone })) : null,
      shopOf(shopFor(incident, job)),
      wayOf(job)),
    trail(job));
  const tick = (now_ms, away_m) => {
    clock.tick(now_ms);
    answer?.tick(now_ms);
    away.hidden = away_m === null || Boolean(job.claimed_at);
    away.textContent = t(job.next_stop?.kind === "hospital" ? "sv_away_hospital" : "sv_away", { m: metres(away_m) });
  };
  return { node, tick };
}
