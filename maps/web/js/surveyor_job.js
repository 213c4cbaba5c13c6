// How a job is drawn: card, trail of steps, navigation links.

import { countdown, duration, metres, minute, percent } from "./format.js";
import { h } from "./dom.js";
import { label, t } from "./i18n.js";

export const OPEN = ["offered", "accepted", "en_route", "on_scene"];
const STEPS = [
  ["offered", "offered_at"], ["accepted", "accepted_at"], ["en_route", "departed_at"],
  ["on_scene", "claimed_at"], ["cleared", "cleared_at"],
];
const WARN_S = 600;

/** My open assignment in an incident, or undefined. */
export const mine = (incident, unitId) =>
  incident?.assignments.find((one) => one.unit_id === unitId && OPEN.includes(one.status));

/** The repair shop this job ends at, or null. */
export const shopFor = (incident, job) => (incident?.shop?.assignment_id === job?.id ? incident.shop : null);

/** Links whose addresses say that the point is WGS-84. Tencent's takes GCJ-02 only and is left out. */
export function ways({ lon, lat, matched_text }) {
  const name = encodeURIComponent(matched_text || "现场");
  const x = lon.toFixed(6);
  const y = lat.toFixed(6);
  return [
    ["sv_amap", `https://uri.amap.com/navigation?to=${x},${y},${name}&mode=car&coordinate=wgs84&callnative=1&src=gzdispatch`],
    ["sv_baidu", `baidumap://map/direction?destination=latlng:${y},${x}|name:${name}&coord_type=wgs84&mode=driving&src=gzdispatch`],
  ];
}

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

/** The clock on top; `tick` sets what changes by the second. */
function clockOf(incident, job) {
  if (job.claimed_at) return { node: arrival(incident, job), tick: () => {} };
  const caption = h("p", { class: "label" });
  const left = h("p", { class: "left" });
  const due = incident.commitment;
  const node = h("div", { class: "job-clock", data: { testid: "time-left" } },
    h("div", {}, caption, left),
    h("p", { class: "eta" }, t("sv_eta"), h("strong", {}, minute(job.eta_at)), t("sv_chance", { p: percent(job.p_kept) })));
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

/** Where the vehicle goes, with the way there once the tow stands on the scene. */
function shopOf(chosen, job) {
  if (!chosen) return null;
  const { shop } = chosen;
  const links = job.status === "on_scene" ? ways({ lon: shop.lon, lat: shop.lat, matched_text: shop.shop_name }) : [];
  return h("section", { class: "job-shop", data: { testid: "job-shop", shop: shop.shop_id } },
    h("p", { class: "job-place" }, t("sv_bring_to", { shop: shop.shop_name })),
    h("p", { class: "job-meta" }, [t("rc_eta", { time: minute(chosen.eta_at) }), chosen.make && t("rc_make", { make: chosen.make })].filter(Boolean).join(" · ")),
    links.length ? h("nav", { class: "ways" }, links.map(([key, href]) => h("a", { class: "button", href, rel: "noreferrer", target: "_blank" }, t(key)))) : null);
}

function trail(job) {
  return h("ol", { class: "trail" }, STEPS.map(([step, time]) =>
    h("li", { class: job[time] ? "done" : "" }, t(`sv_step_${step}`), h("span", { class: "number" }, job[time] ? minute(job[time]) : ""))));
}

/**
 * Draw my job.
 *
 * @returns {{node: HTMLElement, tick: (now_ms: number, away_m: number|null) => void}}
 */
export function drawJob(incident, job) {
  const clock = clockOf(incident, job);
  const away = h("p", { class: "job-meta strong" });
  const age = h("span", {});
  const place = incident.location;
  const facts = [t("sv_reported", { at: minute(incident.reported_at) }), incident.plate && t("sv_plate", { plate: incident.plate }), incident.id];
  const node = h("article", { class: "job", data: { testid: "job-card", status: job.status } },
    clock.node,
    h("div", { class: "job-body" },
      h("p", { class: "row wrap" },
        h("span", { class: `chip ${incident.tier}` }, label("tier", incident.tier, incident.tier_label)),
        incident.simulated ? h("span", { class: "badge sim" }, t("simulated")) : null, age),
      placeOf(place), away,
      h("p", { class: "job-text" }, incident.text),
      h("p", { class: "job-meta" }, facts.filter(Boolean).join(" · ")),
      incident.phone ? h("a", { class: "button", href: `tel:${incident.phone}` }, t("sv_call", { phone: incident.phone })) : null,
      place && !job.claimed_at
        ? h("nav", { class: "ways" }, ways(place).map(([key, href]) => h("a", { class: "button", href, rel: "noreferrer", target: "_blank" }, t(key))))
        : null,
      shopOf(shopFor(incident, job), job)),
    trail(job));
  const tick = (now_ms, away_m) => {
    clock.tick(now_ms);
    away.hidden = away_m === null || Boolean(job.claimed_at);
    away.textContent = t("sv_away", { m: metres(away_m) });
    age.textContent = job.status === "offered" ? t("sv_offer_age", { s: duration((now_ms - Date.parse(job.offered_at)) / 1000) }) : "";
  };
  return { node, tick };
}
