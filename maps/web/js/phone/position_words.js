// What is said of the phone's position.

import { apart_m } from "../distance.js";
import { metres } from "../format.js";
import { t } from "../i18n.js";

const GUANGZHOU = { lon: 113.5, lat: 23.25 };
const SERVED_KM = 100; // beyond this no road of ours begins

const PLAIN = {
  denied: ["danger", "sv_pos_denied"], insecure: ["danger", "sv_pos_insecure"], missing: ["warn", "sv_pos_missing"],
};

/** @returns {[string, string]} class and words */
export function positionWords({ state, last, sentAt_ms, problem, refused, waiting }, unit) {
  if (state === "off") return ["warn", t(unit?.duty === "break" ? "sv_break_off" : "sv_pos_off")];
  if (PLAIN[state]) return [PLAIN[state][0], t(PLAIN[state][1])];
  if (!last) return ["warn", t("sv_pos_wait")];
  const away_km = Math.round(apart_m(last, GUANGZHOU) / 1000);
  if (away_km > SERVED_KM) return ["warn", t("sv_pos_far", { km: away_km })];
  if (problem) return ["warn", t("sv_pos_unsent", { n: waiting, why: problem })];
  if (refused) return ["danger", t("sv_pos_refused", { why: refused })];
  const m = metres(last.accuracy_m);
  if (!sentAt_ms) return ["", t("sv_pos_first", { m })];
  const s = t("sv_seconds", { n: Math.max(0, Math.round((Date.now() - sentAt_ms) / 1000)) });
  const idle = unit?.status === "idle" ? t("sv_pos_idle") : "";
  return ["", t("sv_pos_ok", { m, s }) + idle];
}
