// Pointing at the map: a word about what is under the pointer; a click opens the incident.

import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { countdown, duration, minute } from "../format.js";
import { label, t } from "../i18n.js";
import { fixAge_s, leadAssignment, placeOf, secondsLeft } from "./derive.js";
import { drawnAt, unitAt } from "./map_units.js";
import { Popup, whenReady } from "./map_view.js";
import { pinning } from "./pin.js";
import { select, state } from "./state.js";

const TOUCH_PX = 20; // a finger is less exact than a pointer

function unitCard(unit) {
  const age_s = fixAge_s(unit, now_ms());
  const facts = [
    label("role", unit.role, unit.role_label), label("unit_status", unit.status, unit.status_label), unit.on_shift ? null : t("off_shift"),
    unit.simulated ? t("simulated") : null,
  ].filter(Boolean).join(" · ");
  const fix = [
    age_s === null ? t("no_fix") : t("fix_age", { time: duration(age_s) }),
    unit.speed_mps === null ? null : t("speed", { v: Math.round(unit.speed_mps * 3.6) }),
  ].filter(Boolean).join(" · ");
  const job = state.incidents.get(unit.incident_id);
  return h("div", { class: "hover-card" }, h("strong", {}, unit.name), h("p", {}, facts), h("p", { class: "muted" }, fix),
    job ? h("p", {}, `→ ${placeOf(job)}`) : null);
}

function incidentCard(incident) {
  const lead = leadAssignment(incident);
  const left_s = secondsLeft(incident, now_ms());
  const facts = [label("incident_status", incident.status, incident.status_label), label("tier", incident.tier, incident.tier_label),
    incident.simulated ? t("simulated") : null].filter(Boolean).join(" · ");
  return h("div", { class: "hover-card" }, h("strong", {}, placeOf(incident)), h("p", {}, `${facts} · ${countdown(left_s)}`),
    lead ? h("p", { class: "muted" }, `${lead.unit_name} · ${t("eta_short", { time: minute(lead.eta_at) })}`) : null);
}

function shopCard(shop) {
  const load = t(shop.capacity === null ? "shop_load_free" : "shop_load", { booked: shop.booked, capacity: shop.capacity });
  const facts = [t(shop.designated ? "shop_designated" : "shop_other"), t(`shop_${shop.status}`), load].join(" · ");
  return h("div", { class: "hover-card" }, h("strong", {}, shop.name), h("p", {}, facts), h("p", { class: "muted" }, `${shop.opens.slice(0, 5)}–${shop.closes.slice(0, 5)}`));
}

/** What is under a point of the map: incidents lie above units, units above shops. */
function under(map, point, reach_px) {
  const [feature] = map.queryRenderedFeatures(point, { layers: ["incidents"] });
  const incident = feature && state.incidents.get(feature.properties.id);
  if (incident) return { incident, at: feature.geometry.coordinates, card: () => incidentCard(incident) };
  const unit = unitAt(point, reach_px);
  if (unit) return { unit, at: drawnAt(unit.id), card: () => unitCard(unit) };
  const [mark] = map.queryRenderedFeatures(point, { layers: ["shops"] });
  const shop = mark && state.shops.find((one) => one.id === mark.properties.id);
  return shop ? { at: [shop.lon, shop.lat], card: () => shopCard(shop) } : null;
}

/** Wire pointer and touch to the marks on the map. @param {(id: string) => void} open */
export function startHover(open) {
  whenReady((map) => {
    const popup = new Popup({ closeButton: false, closeOnClick: true, offset: 18, className: "hover", focusAfterOpen: false });
    const tell = (found) => {
      if (!found) popup.remove();
      else popup.setLngLat(found.at).setDOMContent(found.card()).addTo(map);
    };
    map.on("mousemove", ({ point }) => {
      if (pinning()) return;
      const found = under(map, point);
      map.getCanvas().style.cursor = found ? "pointer" : "";
      tell(found);
    });
    map.on("mouseout", () => popup.remove());
    map.on("click", ({ point }) => {
      if (pinning()) return;
      const found = under(map, point, TOUCH_PX);
      tell(found);
      if (found?.incident) open(found.incident.id);
      else if (found?.unit && state.incidents.has(found.unit.incident_id)) select(found.unit.incident_id);
    });
  });
}
