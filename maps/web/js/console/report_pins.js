// The places a report may mean, as pins on the map: each a numbered button; the one in use can be dragged to where it is.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { fit, Marker, reveal, theMap } from "./map_view.js";

let pins = [];
let shown = "";

/** Take all pins away. */
export function clearPins() {
  for (const pin of pins) pin.remove();
  pins = [];
  shown = "";
}

function pinFor(place, i, { many, chosen, choose, move }) {
  const words = t("pin_of", { place: place.matched_text || t("pin_here") });
  const node = h("button", {
    type: "button", class: `report-pin ${chosen ? "chosen" : ""}`, title: chosen ? t("pin_drag") : words, "aria-label": chosen ? `${words},${t("pin_drag")}` : words,
    data: { testid: "report-pin", n: i + 1 },
  }, h("span", {}, many ? String(i + 1) : "●"));
  const pin = new Marker({ element: node, anchor: "bottom", draggable: chosen }).setLngLat([place.lon, place.lat]).addTo(theMap());
  let dragged = false;
  pin.on("dragstart", () => { dragged = true; });
  pin.on("dragend", () => { const at = pin.getLngLat(); move({ lon: Number(at.lng.toFixed(6)), lat: Number(at.lat.toFixed(6)) }); });
  node.addEventListener("click", (event) => { event.stopPropagation(); if (!dragged) choose(i); dragged = false; });
  return pin;
}

/**
 * Show `places` (LocationOut), the one of index `at` in use. Pins that stay as they are are not touched.
 *
 * @param {object[]} places
 * @param {number} at
 * @param {{choose: (i: number) => void, move: (point: {lon: number, lat: number}) => void}} on
 */
export function showPins(places, at, on) {
  if (!theMap()) return;
  const next = JSON.stringify([places.map((one) => [one.lon, one.lat, one.matched_text]), at]);
  if (next === shown) return;
  const known = pins.length;
  clearPins();
  shown = next;
  pins = places.map((place, i) => pinFor(place, i, { many: places.length > 1, chosen: i === at, ...on }));
  if (places.length > 1 && places.length !== known) fit(places.map((one) => [one.lon, one.lat]), { maxZoom: 14 }); // all to choose from
  else if (places[at]) reveal(places[at]);
}
