// Placing by hand: click the map, drag to adjust, then say yes.

import { byId } from "../dom.js";
import { Marker, theMap } from "./map_view.js";

let asking = null;

function close(answer) {
  if (!asking) return;
  const { resolve, marker, onClick, map } = asking;
  asking = null;
  marker?.remove();
  map.off("click", onClick);
  map.getCanvas().style.cursor = "";
  byId("pin-bar").hidden = true;
  document.body.classList.remove("pinning");
  resolve(answer);
}

function place(lngLat) {
  if (asking.marker) { asking.marker.setLngLat(lngLat); return; }
  asking.marker = new Marker({ draggable: true, color: "var(--accent)" }).setLngLat(lngLat).addTo(asking.map);
  byId("pin-use").disabled = false;
  byId("pin-use").focus();
}

/** Whether a pin is being placed now. */
export const pinning = () => asking !== null;
/** Give up placing. */
export const cancelPin = () => close(null);

/**
 * Ask for a point on the map.
 *
 * @param {{lon: number, lat: number}|null} start where the pin stands at first
 * @returns {Promise<{lon: number, lat: number}|null>} WGS-84, null when given up or without a map
 */
export function askPoint(start) {
  cancelPin();
  const map = theMap();
  if (!map) return Promise.resolve(null);
  return new Promise((resolve) => {
    const onClick = (event) => place(event.lngLat);
    asking = { resolve, map, marker: null, onClick };
    document.body.classList.add("pinning");
    byId("pin-bar").hidden = false;
    byId("pin-use").disabled = true;
    map.getCanvas().style.cursor = "crosshair";
    map.on("click", onClick);
    if (start) place([start.lon, start.lat]);
  });
}

/** Wire the bar below the map. */
export function startPin() {
  byId("pin-cancel").addEventListener("click", cancelPin);
  byId("pin-use").addEventListener("click", () => {
    const at = asking?.marker?.getLngLat();
    close(at ? { lon: Number(at.lng.toFixed(6)), lat: Number(at.lat.toFixed(6)) } : null);
  });
}
