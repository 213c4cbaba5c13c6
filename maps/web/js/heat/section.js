// Incidents on the management map: asks for what is chosen, draws it, says what it rests on.

import { address, get } from "../api.js";
import { byId, h, setText } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { arrange, chooseDays, chooseLastMonth, comparing, earlier, fill, measure, moment, names, selection, wantsIsochrones } from "./controls.js";
import { inWords, legendOf, nameOf, painted, steps } from "./figures.js";
import { draw, fit } from "./pair.js";
import { loadTables } from "./tables.js";
import "./words.js";

const MINUTES = "10,20,30";
const THIN = 5;
const PATIENCE_MS = 60_000;
const FORMS = [["png", "heat_png"], ["csv", "heat_csv"], ["gpkg", "GeoPackage"], ["parquet", "GeoParquet"]];

const shown = { main: null, beside: null, isochrones: null };
let asked = 0;
let drawn = 0;
let seen = false; // whether the view was fitted to what there is

const number = (n) => n.toLocaleString("zh-CN");
const places = () => [["heat-map", shown.main], ["heat-map-beside", shown.beside]].filter(([, layer]) => layer);
const ask = (path, query) => get(address(path, query), { patience_ms: PATIENCE_MS });

/** What is asked for now, as a path and its query; a difference names both periods. */
function query() {
  if (measure() === "cover") return ["/v1/heat/cover", moment()];
  const compared = comparing() === "difference" ? { earlier_since: earlier().since, earlier_until: earlier().until } : {};
  return ["/v1/heat", { ...selection(), ...compared }];
}

async function fetched() {
  const isochrones = wantsIsochrones() ? ask("/v1/isochrones", { of: "posts", minutes: MINUTES, rings: true }) : null;
  const main = await ask(...query());
  const beside = comparing() === "side" ? await ask("/v1/heat", { ...selection(), ...earlier(), resolution: main.resolution }) : null;
  return { main, beside, isochrones: await isochrones };
}

function card(layer, area) {
  const key = measure();
  const found = layer.features.find((one) => one.properties.area === area)?.properties;
  if (!found) return h("div", {});
  const legend = legendOf(layer, key);
  const name = layer.by === "district" ? area : t("heat_cell_name");
  const counts = found.judged === undefined ? null : t("heat_counts", found);
  const n = found[key] ? t("heat_n", { n: found[key].slice(3).map(number).join(" / ") }) : null;
  return h("div", { class: "hover-card" }, h("strong", {}, name), h("p", {}, `${nameOf(legend)} ${inWords(legend, found[key], THIN, Boolean(layer.earlier))}`),
    n && h("p", { class: "muted" }, n), counts && h("p", { class: "muted" }, counts));
}

function caption(layer) {
  const { since, until, n } = layer.provenance;
  if (measure() === "cover") return t("heat_map_cover", { at: since, who: t(moment().hour === "" ? "heat_free" : "heat_posts"), n: number(n) });
  if (layer.earlier) return t("heat_map_difference", { since, until, n: number(n), since2: layer.earlier.since, until2: layer.earlier.until, m: number(layer.earlier.n) });
  return t("heat_map_later", { since, until, n: number(n) });
}

function notes(layer) {
  const { hidden, unplaced, totals, provenance, earlier: before } = layer;
  const key = measure();
  const legend = legendOf(layer, key);
  const simulated = provenance.simulated + (before?.simulated ?? 0);
  const compared = layer.compared?.[key];
  return [
    totals[key] ? t("heat_total", { figure: inWords(legend, totals[key], THIN, Boolean(before)) }) : null,
    hidden?.areas ? t(before ? "heat_hidden_difference" : "heat_hidden", { ...hidden, thin: THIN }) : null,
    unplaced ? t("heat_unplaced", { n: number(unplaced) }) : null,
    simulated ? t("heat_simulated", { n: number(simulated) }) : null,
    compared ? t("heat_chance", { areas: compared.areas, clear: compared.clear, chance: compared.by_chance }) : null,
    key === "cover" ? t("heat_forecast") : null,
    layer.features.length ? null : t("heat_empty"),
  ].filter(Boolean);
}

function legendOnPage() {
  const layer = shown.main;
  const legend = legendOf(layer, measure());
  const changed = Boolean(layer.earlier);
  const word = changed ? t(legend.worse_is_more === null ? "heat_legend_more" : "heat_legend_worse") : "";
  byId("heat-legend").replaceChildren(h("strong", {}, nameOf(legend)),
    h("ul", {}, steps(legend, changed).map(([colour, words]) => h("li", {}, h("i", { style: { "--step": colour } }), words))),
    word ? h("p", { class: "muted small" }, word) : "",
    shown.isochrones ? h("ul", {}, [10, 20, 30].map((n) => h("li", {}, h("i", { class: `within within-${n}` }), t("heat_within", { n })))) : "");
}

function links() {
  const [path, asked_for] = query();
  const key = measure();
  const files = FORMS.map(([form, word]) => h("a", { class: "button", href: address("/v1/heat/file", { ...asked_for, form, measure: key }), download: true, data: { testid: `heat-${form}` } }, word.includes("_") ? t(word) : word));
  const page = path === "/v1/heat" ? [h("a", { class: "button", href: address("/management/heatmap", selection()), target: "_blank", rel: "noopener" }, t("heat_page"))] : [];
  byId("heat-files").replaceChildren(h("span", { class: "muted" }, t("heat_download")), ...files, ...page);
}

function say() {
  if (!shown.main) return;
  setText(byId("heat-caption"), caption(shown.main));
  if (shown.beside) setText(byId("heat-caption-beside"), `${t("heat_was")} · ${caption(shown.beside)}`);
  byId("heat-notes").replaceChildren(...notes(shown.main).map((line) => h("p", { class: "muted small" }, line)));
  legendOnPage();
  links();
}

/** Put what is held on the maps; counts the pictures, so that whoever measures knows which one is there. */
async function paint(since_ms) {
  const key = measure();
  byId("heat-maps").classList.toggle("two", Boolean(shown.beside));
  byId("heat-figure-beside").hidden = !shown.beside;
  say();
  await Promise.all(places().map(([id, layer]) =>
    draw(id, painted(layer, key), shown.isochrones, (area) => card(id === "heat-map" ? shown.main : shown.beside, area))));
  if (!seen && shown.main.features.length) { seen = true; await fit(shown.main.features); }
  drawn += 1;
  performance.measure("heat-drawn", { start: since_ms });
  byId("heat-map").dataset.drawn = String(drawn);
}

async function load(event) {
  const mine = ++asked;
  const since_ms = event?.timeStamp ?? performance.now();
  arrange();
  byId("heat-maps").classList.add("stale");
  try {
    const found = await fetched();
    if (mine !== asked) return; // a later choice is on its way
    Object.assign(shown, found);
    if (found.main.measures.length > 1) learn(found.main.measures);
    byId("heat-trouble").hidden = true;
    await paint(since_ms);
  } catch (error) {
    if (mine !== asked) return;
    byId("heat-trouble").hidden = false;
    setText(byId("heat-trouble"), error.message);
  } finally {
    if (mine === asked) byId("heat-maps").classList.remove("stale");
  }
}

function learn(measures) {
  for (const one of measures) names.set(one.key, nameOf(one));
  fill();
}

function periodChosen(choose, event) {
  choose();
  load(event).then(() => loadTables(selection())); // the map first
}

/** Another measure of what is held already needs no question. */
function changed(event) {
  arrange();
  const held = event.target.id === "heat-measure" && shown.main && (shown.main.measures.length > 1) === (measure() !== "cover") && measure() !== "cover";
  if (held) { paint(event.timeStamp); return; }
  const asked_before = load(event);
  if (!["heat-measure", "heat-isochrones", "heat-at"].includes(event.target.id)) asked_before.then(() => loadTables(selection()));
}

/** Wire the section and draw the last week. */
export async function startHeat() {
  fill();
  byId("heat-to").value = "24";
  chooseDays(7);
  setText(byId("heat-note"), t("heat_note", { thin: THIN }));
  byId("heat-form").addEventListener("change", changed);
  byId("heat-form").addEventListener("submit", (event) => event.preventDefault());
  byId("heat-week").addEventListener("click", (event) => periodChosen(() => chooseDays(7), event));
  byId("heat-month").addEventListener("click", (event) => periodChosen(() => chooseDays(30), event));
  byId("heat-last-month").addEventListener("click", (event) => periodChosen(chooseLastMonth, event));
  onLanguage(() => {
    setText(byId("heat-note"), t("heat_note", { thin: THIN }));
    if (shown.main?.measures.length > 1) learn(shown.main.measures);
    else fill();
    say();
  });
  await load();
  await loadTables(selection());
}

