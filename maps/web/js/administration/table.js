// A table that a phone shows as cards: each cell says what it is.

import { h } from "../dom.js";
import { t } from "../i18n.js";

/**
 * @param {string[]} heads words of the columns; the last column, with what can be done, has none
 * @param {{cells: (Node|string|(Node|string)[])[], does?: Node[], gone?: boolean, key: string}[]} rows
 */
export function table(heads, rows, empty) {
  if (!rows.length) return h("p", { class: "empty" }, t(empty));
  const names = heads.map((key) => t(key));
  // Roles are said once more: a table that is drawn as blocks is none to some readers.
  return h("table", { class: "records", role: "table" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      names.map((name) => h("th", { scope: "col", role: "columnheader" }, name)),
      h("th", { role: "columnheader" }, h("span", { class: "visually-hidden" }, t("ad_does"))))),
    h("tbody", { role: "rowgroup" }, rows.map((row) => h("tr", { role: "row", class: row.gone ? "gone" : "", data: { testid: "record", record: row.key } },
      row.cells.map((cell, i) => h("td", { role: "cell", "data-label": names[i] }, cell === "" ? null : h("div", {}, cell))),
      h("td", { role: "cell", class: "does" }, h("div", {}, row.does ?? []))))));
}

/** A button of a row; `about` is said to who does not see the row. */
export function does(key, about, click, kind = "") {
  return h("button", {
    type: "button", class: `button small ${kind}`, "aria-label": `${t(key)} ${about}`, data: { testid: key, key: `${key}/${about}` },
    on: { click: (event) => click(event.currentTarget) },
  }, t(key));
}

/** What state something is in: words, with a colour beside them. */
export const state = (key, kind = "", values = {}) => h("span", { class: `state ${kind}` }, t(key, values));
