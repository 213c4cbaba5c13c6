// The question what is the matter on a road.

import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";

const KINDS = ["closure", "flood", "slowdown"];
const HOUR_MS = 3_600_000;

const field = (word, id, input) => h("div", { class: "field" }, h("label", { for: id }, t(word)), input);
const number = (id, more) => h("input", { id, type: "number", inputmode: "numeric", data: { testid: id }, ...more });

/**
 * Ask for a condition about a point.
 *
 * @returns {Promise<{kind: string, radius_m: number, factor?: number, until_at?: string, reason: string}|null>} null when called off
 */
export function askCondition() {
  const kind = h("select", { id: "road-kind", data: { testid: "road-kind" } }, KINDS.map((one) => h("option", { value: one }, t(`road_${one}`))));
  const radius = number("road-radius", { value: "200", min: 1, max: 20_000, required: true });
  const left = number("road-share", { value: "50", min: 1, max: 99 });
  const hours = number("road-hours", { min: 0.1, max: 720, step: "any" });
  const reason = h("input", { id: "road-reason", maxlength: 200, autocomplete: "off", data: { testid: "road-reason" } });
  const share = field("roads_share", "road-share", left);
  share.hidden = true;
  kind.addEventListener("change", () => { share.hidden = kind.value !== "slowdown"; });
  const dialog = h("dialog", { "aria-labelledby": "road-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "road-title" }, t("roads_title")),
      field("roads_kind", "road-kind", kind), share, field("roads_radius", "road-radius", radius), field("roads_until", "road-hours", hours), field("reason", "road-reason", reason),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button", on: { click: () => dialog.close("no") } }, t("cancel")),
        h("button", { class: "button primary", value: "ok", data: { testid: "dialog-ok" } }, t("confirm")))));
  document.body.append(dialog);
  dialog.showModal();
  kind.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "ok") { resolve(null); return; }
    const asked = { kind: kind.value, radius_m: Number(radius.value), reason: reason.value.trim() };
    if (kind.value === "slowdown") asked.factor = Number(left.value) / 100;
    if (hours.value) asked.until_at = new Date(now_ms() + Number(hours.value) * HOUR_MS).toISOString();
    resolve(asked);
  }));
}
