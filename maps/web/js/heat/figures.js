// Figures of areas in words and colours. A figure travels as [value, low, high, n] or, of a difference, [value, low, high, n, n earlier].

import { NONE } from "../format.js";
import { language, t } from "../i18n.js";

export const NO_DATA = "#b9bdc0";
const STRONG = 0.72;
const PALE = 0.24;
const MANY = 100; // from here on a decimal says something

const measureName = (legend) => (language() === "en" ? legend.english : legend.label);

/** Name of a measure in the reader's language. */
export const nameOf = measureName;

/** A value in its unit: "12.3 分", "87%", "1.4 起/天". */
export function valueOf(legend, value, { n = MANY, signed = false } = {}) {
  if (value === null || value === undefined) return NONE;
  const sign = signed && value > 0 ? "+" : "";
  if (legend.unit === "s") return t("heat_minutes", { x: sign + (value / 60).toFixed(1) });
  if (legend.unit === "share") {
    const text = sign + (100 * value).toFixed(n >= MANY ? 1 : 0);
    return signed ? t("heat_points", { x: text }) : `${text}%`;
  }
  if (legend.unit === "count" && !signed) return t("heat_count", { x: value.toLocaleString("zh-CN") });
  return t("heat_daily", { x: sign + value.toFixed(Math.abs(value) < 1 ? 2 : 1) });
}

/** "82%(95% 区间 70 – 90%)"; what bounds there are. */
export function inWords(legend, figure, thin, signed = false) {
  if (!figure) return t("heat_none", { thin });
  const [value, low, high, n] = figure;
  const said = valueOf(legend, value, { n, signed });
  if (low === null && high === null) return said;
  const end = high === null ? t("heat_unbounded") : valueOf(legend, high, { n, signed });
  return `${said}${t("heat_interval", { low: low === null ? NONE : valueOf(legend, low, { n, signed }), high: end })}`;
}

/** Whether an interval leaves out 0. */
const clear = ([, low, high]) => (low !== null && low > 0) || (high !== null && high < 0);

function colourOf({ breaks, colours, rising }, value) {
  return colours[breaks.filter((b) => (rising ? value >= b : value > b)).length];
}

/** Colour and opacity of one area. */
function paintOf(legend, figure, changed) {
  if (!figure) return { colour: NO_DATA, opacity: PALE };
  if (!changed) return { colour: colourOf(legend, figure[0]), opacity: STRONG };
  const colour = legend.change_colours[legend.changes.filter((b) => figure[0] > b).length];
  return { colour, opacity: clear(figure) ? 0.85 : PALE };
}

/** What a map source is given: shapes with their colours, by the name of the area. */
export function painted(layer, key) {
  const legend = legendOf(layer, key);
  const features = layer.features.map(({ geometry, properties }) => ({
    type: "Feature", geometry, properties: { area: properties.area, ...paintOf(legend, properties[key], Boolean(layer.earlier)) },
  }));
  return { type: "FeatureCollection", features };
}

export const legendOf = (layer, key) => layer.measures.find((one) => one.key === key) ?? layer.measures[0];

function between(breaks, say, rising) {
  const [under, over] = rising ? ["<", "≥"] : ["≤", ">"];
  return [`${under} ${say(breaks[0])}`, ...breaks.slice(1).map((b, i) => t("heat_between", { low: say(breaks[i]), high: say(b) })), `${over} ${say(breaks.at(-1))}`];
}

/** A round bound of a class; minutes need no decimal. */
const bound = (legend, value, signed) => (legend.unit === "s" ? t("heat_minutes", { x: (signed && value > 0 ? "+" : "") + value / 60 }) : valueOf(legend, value, { n: 1, signed }));

/** Steps of a legend: [colour, words] from the first class to the last. */
export function steps(legend, changed) {
  const words = between(changed ? legend.changes : legend.breaks, (value) => bound(legend, value, changed), legend.rising && !changed);
  return (changed ? legend.change_colours : legend.colours).map((colour, i) => [colour, words[i]]);
}
