// The service report of a month or a quarter: chosen here, made by the service, saved by the browser.

import { address, download } from "./api.js";
import { byId, h, setText } from "./dom.js";
import { t } from "./i18n.js";

const BACK = { monthly: 13, quarterly: 6 };
const PATIENCE_MS = 240_000;
const KEPT_MS = 60_000; // a browser may still be reading what it was given

const form = () => byId("service-report");

/** This period and those before it; the last whole one is chosen. */
export function showPeriods() {
  const kind = form().kind.value;
  const before = form().period.value;
  const options = Array.from({ length: BACK[kind] }, (_, back) => option(kind, back));
  form().period.replaceChildren(...options);
  form().period.value = options.some((one) => one.value === before) ? before : options[1].value;
}

function option(kind, back) {
  const today = new Date(Date.now() + 8 * 3600e3); // its UTC fields are Guangzhou's clock
  const months = kind === "monthly" ? 1 : 3;
  const number = Math.floor((today.getUTCFullYear() * 12 + today.getUTCMonth()) / months) - back;
  const a_year = 12 / months;
  const year = Math.floor(number / a_year);
  const n = (number % a_year) + 1;
  const value = kind === "monthly" ? `${year}-${String(n).padStart(2, "0")}` : `${year}Q${n}`;
  const label = t(kind === "monthly" ? "mg_sr_month" : "mg_sr_quarter", { year, n });
  return h("option", { value }, back ? label : `${label} ${t("mg_sr_running")}`);
}

function save({ blob, name }) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

async function make(event) {
  event.preventDefault();
  const format = event.submitter?.value ?? "pdf";
  const { kind, period, client } = form();
  const buttons = form().querySelectorAll("button");
  const state = byId("service-report-state");
  const name = `${period.selectedOptions[0].textContent} ${event.submitter?.textContent ?? ""}`.trim();
  const asked = { kind: kind.value, period: period.value, client: client.value.trim(), format };
  for (const button of buttons) button.disabled = true;
  state.className = "muted small";
  setText(state, t("mg_sr_making", { name }));
  try {
    const file = await download(address("/management/report", asked), PATIENCE_MS);
    save(file);
    setText(state, t("mg_sr_done", { name: file.name }));
  } catch (error) {
    state.className = "notice danger";
    setText(state, error.message);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

export function startReports() {
  form().kind.addEventListener("change", showPeriods);
  form().addEventListener("submit", make);
  showPeriods();
}
