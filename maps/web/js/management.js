// The manager's page: everything on it comes from one audit of the chosen period.

import { address, get } from "./api.js";
import { byId, h, setText, toast } from "./dom.js";
import { dateTime } from "./format.js";
import { startHeat } from "./heat/section.js";
import { startTables } from "./heat/tables.js";
import { onLanguage, t } from "./i18n.js";
import { loadCalibration } from "./management_calibration.js";
import { hourBars } from "./management_charts.js";
import { loadUndelivered, showUndelivered } from "./management_messages.js";
import { showPeriods, startReports } from "./management_reports.js";
import { loadSeal, showSeal } from "./management_seal.js";
import { loadSuspicions, showSuspicions } from "./management_suspicions.js";
import { figures, groups, intervals, percent, problems, shareBasis } from "./management_tables.js";
import { offerPassword, showProvenance, startShell } from "./shell.js";
import "./management_words.js";

const shown = { audit: null, schematic: false };
let asked = 0;

const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

function showHours() {
  const { by_hour: hours } = shown.audit;
  const entries = Object.entries(hours).filter(([hour]) => hour !== "unknown").sort(([a], [b]) => a - b);
  const say = (hour, share) => `${hour}:00 · ${percent(share.p, share.n)} · ${shareBasis(share).join(" · ")}`;
  const box = byId("hours-chart");
  const width = Math.max(280, box.clientWidth);
  const chart = hourBars(entries.map(([hour, tally]) => [hour, tally.share_kept]), width, say);
  chart.setAttribute("aria-label", t("mg_by_hour"));
  box.replaceChildren(chart);
  byId("hours-table").replaceChildren(groups("mg_col_hour", entries.filter(([, tally]) => tally.reported)));
}

function showResults() {
  const { audit } = shown;
  byId("figures").replaceChildren(...figures(audit));
  byId("district-table").replaceChildren(groups("mg_col_district", Object.entries(audit.by_district)));
  byId("interval-table").replaceChildren(intervals(audit.intervals));
  byId("problem-table").replaceChildren(...problems(audit.not_judged, audit));
  showHours();
}

function show() {
  const { audit } = shown;
  if (!audit) return;
  const { reported, simulated } = audit.totals;
  showProvenance({ simulated: simulated > 0, schematic: shown.schematic });
  setText(byId("as-of"), t("mg_as_of", { at: dateTime(audit.judged_at), n: reported.toLocaleString("zh-CN") }));
  byId("provenance").hidden = !simulated;
  if (simulated) setText(byId("provenance"), t("mg_simulated", { n: reported, m: simulated }));
  byId("empty").hidden = reported > 0;
  byId("empty").replaceChildren(h("h2", {}, t("mg_empty")), h("p", {}, t("mg_empty_text")));
  byId("results").hidden = reported === 0;
  if (reported) showResults();
}

async function load() {
  const mine = ++asked;
  byId("results").classList.add("stale");
  byId("report").href = address("/management/audit", { hours: chosen("hours") });
  try {
    const audit = await get(address("/v1/audit", { hours: chosen("hours") }));
    if (mine !== asked) return; // a later choice is on its way
    shown.audit = audit;
    loadSeal().catch((error) => toast(error.message, "error"));
    loadSuspicions(chosen("hours"));
    loadUndelivered(chosen("hours")).catch((error) => toast(error.message, "error"));
    loadCalibration(chosen("hours")).catch((error) => toast(error.message, "error"));
    byId("trouble").hidden = true;
    show();
  } catch (error) {
    if (mine !== asked) return;
    byId("trouble").hidden = false;
    setText(byId("trouble"), error.message);
  } finally {
    if (mine === asked) byId("results").classList.remove("stale");
  }
}

async function start() {
  startShell();
  byId("periods").addEventListener("change", load);
  byId("refresh").addEventListener("click", load);
  startReports();
  onLanguage(() => { show(); showSeal(); showSuspicions(); showUndelivered(); showPeriods(); });
  let width = 0;
  new ResizeObserver(([box]) => {
    if (shown.audit?.totals.reported && box.contentRect.width !== width) { width = box.contentRect.width; showHours(); }
  }).observe(byId("hours-chart"));
  const [meta, session] = await Promise.all([get("/v1/meta"), get("/v1/session")]);
  offerPassword(session);
  shown.schematic = meta.network.schematic;
  startTables();
  await Promise.all([load(), startHeat()]);
}

start().catch((error) => toast(error.message, "error"));
