// Small geometry for drawing only; decisions are made by the service on the road network.

const METRES_PER_DEGREE = 111_195; // mean earth radius 6 371 008.8 m (IUGG) × π / 180

export const collection = (features) => ({ type: "FeatureCollection", features });
export const pointFeature = (lon, lat, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });

/** A disc of `radius_m` about {lon, lat} as a polygon of 64 corners. */
export function disc({ lon, lat }, radius_m) {
  const ring = Array.from({ length: 65 }, (_, i) => {
    const angle = (i / 64) * 2 * Math.PI;
    const north = (radius_m / METRES_PER_DEGREE) * Math.sin(angle);
    const east = (radius_m / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180))) * Math.cos(angle);
    return [lon + east, lat + north];
  });
  return { type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties: {} };
}

/** How far along a line (as a count of whole legs) the point nearest to `at` lies, squared distances on a local plane. */
function nearestLeg(line, at, cosLat) {
  let best = { leg: 0, d: Infinity };
  for (let leg = 0; leg + 1 < line.length; leg += 1) {
    const [ax, ay] = line[leg];
    const dx = (line[leg + 1][0] - ax) * cosLat;
    const dy = line[leg + 1][1] - ay;
    const px = (at[0] - ax) * cosLat;
    const py = at[1] - ay;
    const length2 = dx * dx + dy * dy;
    const share = length2 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length2)) : 0;
    const d = (px - share * dx) ** 2 + (py - share * dy) ** 2;
    if (d < best.d) best = { leg, d };
  }
  return best.leg;
}

/** The part of `line` still ahead of a unit at `at`. */
export function ahead(line, at) {
  if (line.length < 2 || !at) return line;
  return [at, ...line.slice(nearestLeg(line, at, Math.cos((at[1] * Math.PI) / 180)) + 1)];
}

/** [[west, south], [east, north]] of points, null when there are none. */
export function bounds(points) {
  if (!points.length) return null;
  const lons = points.map((p) => p[0]);
  const lats = points.map((p) => p[1]);
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}
