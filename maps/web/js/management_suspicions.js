// Patterns in claims and tracks that a person should look at; no verdicts.

import { address, get } from "./api.js";
import { byId, h } from "./dom.js";
import { dateTime } from "./format.js";
import { language, t } from "./i18n.js";

const FIRST = 10;
let last; // undefined until it was asked for
let all = false;

export async function loadSuspicions(hours) {
  if (last === undefined) byId("suspicions").replaceChildren(h("p", { class: "muted" }, t("mg_sus_wait")));
  try {
    last = await get(address("/v1/audit/suspicions", { hours }));
    all = false;
    showSuspicions();
  } catch (error) {
    byId("suspicions").replaceChildren(h("p", { class: "notice danger" }, error.message));
  }
}

export function showSuspicions() {
  if (last === undefined) return;
  byId("suspicions").replaceChildren(...(last.findings.length ? found() : [h("p", { class: "muted" }, t("mg_sus_none", basis()))]));
}

const number = (value) => value.toLocaleString("zh-CN");
const basis = () => ({ n: number(last.incidents), claims: number(last.claims), tracked: number(last.tracked), jobs: number(last.jobs) });

function found() {
  const kinds = last.patterns.filter((one) => one.n > 0);
  const shown = all ? last.findings : last.findings.slice(0, FIRST);
  const more = last.findings.length - shown.length;
  const button = h("button", { class: "button", type: "button" }, t("mg_sus_more", { n: number(more) }));
  button.addEventListener("click", () => { all = true; showSuspicions(); });
  return [
    h("p", { class: "muted small" }, t("mg_sus_basis", basis())),
    h("ul", { class: "suspicion-kinds" }, kinds.map((one) =>
      h("li", {}, `${t(`mg_sus_${one.pattern}`)} `, h("b", {}, number(one.n))))),
    h("ul", { class: "suspicions" }, shown.map(finding)),
    more > 0 ? button : null,
  ].filter(Boolean);
}

function finding(one) {
  const who = [one.incident_id, one.unit_id, one.at ? dateTime(one.at) : ""].filter(Boolean).join(" · ");
  return h("li", { data: { pattern: one.pattern } },
    h("b", {}, t(`mg_sus_${one.pattern}`)), " ",
    one.simulated ? h("span", { class: "badge sim" }, t("mg_sus_simulated")) : null,
    h("span", {}, ` ${language() === "en" ? one.en : one.zh}`),
    h("div", { class: "muted small" }, who));
}
