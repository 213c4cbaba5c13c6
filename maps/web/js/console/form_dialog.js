// A small form in a dialog, for facts that are more than a reason.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { show } from "./dialogs.js";

let made = 0;

function control(one) {
  const id = `form-${(made += 1)}-${one.name}`;
  const common = { id, name: one.name, required: one.required ?? false, data: { testid: `form-${one.name}` } };
  const node = one.choices
    ? h("select", common, one.choices.map(([value, text]) => h("option", { value, selected: value === one.value }, text)))
    : h("input", { ...common, type: one.type ?? "text", step: one.step ?? null, min: one.min ?? null, maxlength: one.maxlength ?? null, value: one.value ?? "", autocomplete: "off" });
  return { one, node, field: h("div", { class: "field" }, h("label", { for: id }, one.label), node) };
}

/**
 * Ask for some values.
 *
 * @param {{title: string, note?: string, ok: string, fields: {name: string, label: string, type?: string, step?: string, min?: string, maxlength?: number, value?: string, required?: boolean, choices?: [string, string][]}[]}} question
 * @returns {Promise<Record<string, string>|null>} trimmed texts by name; null when called off
 */
export async function askForm({ title, note = "", ok, fields }) {
  const controls = fields.map(control);
  const dialog = h("dialog", { "aria-label": title },
    h("form", { method: "dialog" },
      h("h2", {}, title), note ? h("p", { class: "muted" }, note) : null, controls.map((one) => one.field),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button", on: { click: () => dialog.close("no") } }, t("cancel")),
        h("button", { class: "button primary", value: "ok", data: { testid: "form-ok" } }, ok))));
  const answer = show(dialog);
  controls[0]?.node.focus();
  return (await answer) && Object.fromEntries(controls.map(({ one, node }) => [one.name, node.value.trim()]));
}

async function copy(node) {
  node.select();
  try { await navigator.clipboard.writeText(node.value); return true; } catch { return document.execCommand("copy"); }
}

/** Show texts to copy. @param {{title: string, note: string, texts: [string, string][]}} what label and text */
export function showTexts({ title, note, texts }) {
  const rows = texts.map(([name, text], i) => {
    const area = h("textarea", { id: `copy-${i}`, rows: i ? 4 : 2, readonly: true, value: text, data: { testid: `copy-text-${i}` } });
    const said = h("span", { class: "muted", role: "status" });
    const button = h("button", {
      type: "button", class: "button primary", data: { testid: `copy-${i}` },
      on: { click: async () => { said.textContent = t((await copy(area)) ? "fu_copied" : "fu_copy_failed"); } },
    }, t("fu_copy"));
    return h("div", { class: "field" }, h("label", { for: `copy-${i}` }, name), area, h("div", { class: "row" }, button, said));
  });
  const dialog = h("dialog", { "aria-label": title },
    h("form", { method: "dialog" }, h("h2", {}, title), h("p", { class: "muted" }, note), rows,
      h("div", { class: "actions" }, h("button", { class: "button", value: "ok" }, t("close")))));
  show(dialog);
}
