// Units glide between fixes: a fix is reached in about the time the next one takes to come.

const SPAN_MIN_MS = 400;
const SPAN_MAX_MS = 6000;
const LEAP_DEG = 0.03; // about 3 km: a jump, not a drive

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Where every unit is drawn. Times are milliseconds of one steady clock (performance.now). */
export class Motion {
  constructor() {
    this.tracks = new Map();
    this.until = 0;
  }

  /** A unit was heard of. Without a position it is forgotten. */
  hear(id, lon, lat, t) {
    if (lon === null || lat === null) { this.tracks.delete(id); return; }
    const track = this.tracks.get(id);
    if (!track) { this.tracks.set(id, { fromLon: lon, fromLat: lat, lon, lat, start: t, span: 0, heard: t }); return; }
    if (track.lon === lon && track.lat === lat) return;
    const [atLon, atLat] = this.place(track, t);
    const leap = Math.abs(lon - atLon) > LEAP_DEG || Math.abs(lat - atLat) > LEAP_DEG;
    const span = leap ? 0 : clamp(t - track.heard, SPAN_MIN_MS, SPAN_MAX_MS);
    this.tracks.set(id, { fromLon: leap ? lon : atLon, fromLat: leap ? lat : atLat, lon, lat, start: t, span, heard: t });
    this.until = Math.max(this.until, t + span);
  }

  place(track, t) {
    const share = track.span > 0 ? clamp((t - track.start) / track.span, 0, 1) : 1;
    return [track.fromLon + (track.lon - track.fromLon) * share, track.fromLat + (track.lat - track.fromLat) * share];
  }

  /** [lon, lat] as drawn at `t`, or null. */
  at(id, t) {
    const track = this.tracks.get(id);
    return track ? this.place(track, t) : null;
  }

  /** Whether anything still moves at `t`. */
  moves(t) { return t < this.until; }

  /** Forget units that are not in `ids`. */
  keep(ids) { for (const id of this.tracks.keys()) if (!ids.has(id)) this.tracks.delete(id); }
}
