// The last seal over the events: what a manager reads out to whoever wants to hold the records to it.

import { get } from "./api.js";
import { byId, h } from "./dom.js";
import { dateTime, duration } from "./format.js";
import { t } from "./i18n.js";

const OVERDUE_S = 25 * 3600;
let last; // undefined until it was asked for

export async function loadSeal() {
  last = await get("/v1/audit/seal");
  showSeal();
}

export function showSeal() {
  if (last === undefined) return;
  byId("seal").replaceChildren(...(last ? sealed() : [h("p", { class: "muted" }, t("mg_seal_none"))]));
}

function sealed() {
  const age = (Date.now() - new Date(last.sealed_at)) / 1000;
  const when = t("mg_seal_when", { n: last.number, at: dateTime(last.sealed_at), age: duration(age) });
  const what = t("mg_seal_what", { n: last.events.toLocaleString("zh-CN"), waiting: last.waiting.toLocaleString("zh-CN") });
  return [
    h("p", { class: "seal-short" }, last.short),
    h("p", age > OVERDUE_S ? { class: "notice warn" } : {}, when),
    h("p", { class: "muted small" }, what),
    h("p", { class: "muted small seal-code" }, `${t("mg_seal_code")} ${last.hash}`),
    h("p", { class: "muted small seal-code" }, `${t("mg_seal_root")} ${last.root}`),
  ];
}
