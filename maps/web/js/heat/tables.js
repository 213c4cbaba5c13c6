// What comes up often: vehicles, crossings, units, each with n, rate and interval.

import { address, get } from "../api.js";
import { byId, h, setText, toast } from "../dom.js";
import { day, NONE } from "../format.js";
import { onLanguage, t } from "../i18n.js";
import { inWords } from "./figures.js";

const LINES = 15;
const SHARE = { unit: "share" };
const TIME = { unit: "s" };
const COLUMNS = {
  vehicles: [["heat_plate", (l) => l.plate], ["mg_col_n", (l) => l.n, "number"], ["heat_monthly", (l) => monthly(l), "number"], ["heat_last", (l) => day(1000 * l.last_s)]],
  crossings: [["heat_name", (l) => l.name], ["mg_col_district", (l) => l.district ?? NONE], ["mg_col_n", (l) => l.n, "number"], ["heat_monthly", (l) => monthly(l), "number"],
    ["heat_kept", (l) => inWords(SHARE, l.kept, 1), "number"], ["heat_p50", (l) => inWords(TIME, l.p50, 1), "number"]],
  units: [["heat_name", (l) => l.name], ["mg_col_n", (l) => l.n, "number"], ["heat_kept", (l) => inWords(SHARE, l.kept, 1), "number"], ["heat_expected", (l) => `${(100 * l.expected).toFixed(1)}%`, "number"],
    ["heat_p50", (l) => inWords(TIME, l.p50, 1), "number"], ["heat_flag", (l) => (l.flag ? h("span", { class: `flag ${l.flag}` }, t(`heat_flag_${l.flag}`)) : "")]],
};

let found = null;
let asked = null; // the last selection
let newest = 0;

const kind = () => document.querySelector("input[name=heat-kind]:checked").value;
const monthly = ({ monthly: [value, low, high] }) => `${value.toFixed(1)}(${low.toFixed(1)} – ${high.toFixed(1)})`;

function notes() {
  const { least, left_out, lines } = found;
  const flagged = found.kind === "units" && lines.length ? t("heat_funnel", { n: lines.length, chance: (0.025 * lines.length).toFixed(1) }) : "";
  const masked = found.kind === "vehicles" && lines.some(({ plate }) => plate.includes("*")) ? t("heat_masked") : "";
  return [t("heat_least", { least, n: left_out.toLocaleString("zh-CN") }), flagged, masked].filter(Boolean).join(" ");
}

function show() {
  if (!found) return;
  const columns = COLUMNS[found.kind];
  const head = h("thead", {}, h("tr", {}, columns.map(([word, , kind]) => h("th", { scope: "col", class: kind ?? "" }, t(word)))));
  const rows = found.lines.slice(0, LINES).map((line) => h("tr", {}, columns.map(([, of, kind]) => h("td", { class: kind ?? "" }, of(line)))));
  byId("heat-table").replaceChildren(found.lines.length ? h("table", {}, head, h("tbody", {}, rows)) : h("p", { class: "muted" }, t("heat_no_lines")));
  setText(byId("heat-table-note"), notes());
  byId("heat-table-file").href = address(`/v1/heat/tables/${found.kind}/csv`, narrowed());
}

const narrowed = () => { const { by, resolution, ...rest } = asked; return rest; };

/** Ask for the table shown, of a selection as `controls.selection` gives it. */
export async function loadTables(selection) {
  asked = selection;
  const mine = ++newest;
  try {
    const answer = await get(address(`/v1/heat/tables/${kind()}`, narrowed()), { patience_ms: 60_000 });
    if (mine !== newest) return;
    found = answer;
    show();
  } catch (error) {
    if (mine === newest) toast(error.message, "error");
  }
}

/** Wire the choice of table. */
export function startTables() {
  byId("heat-kinds").addEventListener("change", () => loadTables(asked));
  onLanguage(show);
}
