// Pointing at the map: a word about what is under the pointer; a click opens the incident.

import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { countdown, duration, minute } from "../format.js";
import { label, t } from "../i18n.js";
import { fixAge_s, leadAssignment, placeOf, secondsLeft } from "./derive.js";
import { Popup, whenReady } from "./map_view.js";
import { select, state } from "./state.js";

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

const CARDS = {
  units: (id) => state.units.has(id) && unitCard(state.units.get(id)),
  incidents: (id) => state.incidents.has(id) && incidentCard(state.incidents.get(id)),
};

/** Wire pointer and touch to the marks on the map. @param {(id: string) => void} open */
export function startHover(open) {
  whenReady((map) => {
    const popup = new Popup({ closeButton: false, closeOnClick: true, offset: 18, className: "hover", focusAfterOpen: false });
    for (const layer of ["units", "incidents"]) {
      const tell = (event) => {
        const feature = event.features[0];
        const card = CARDS[layer](feature.properties.id);
        map.getCanvas().style.cursor = "pointer";
        if (card) popup.setLngLat(feature.geometry.coordinates).setDOMContent(card).addTo(map);
      };
      map.on("mousemove", layer, tell);
      map.on("click", layer, tell);
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; popup.remove(); });
    }
    map.on("click", "incidents", (event) => open(event.features[0].properties.id));
    map.on("click", "units", (event) => {
      const job = state.units.get(event.features[0].properties.id)?.incident_id;
      if (job && state.incidents.has(job)) select(job);
    });
  });
}
