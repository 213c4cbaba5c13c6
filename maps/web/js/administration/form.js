// A form in a dialog that stays open, with what was written, until the service has taken it.

import { ask } from "../api.js";
import { show } from "../console/dialogs.js";
import { h, refill, setText } from "../dom.js";
import { t } from "../i18n.js";
import { newKey } from "../new_key.js";

let made = 0;

function control(one) {
  const id = `form-${(made += 1)}`;
  const common = { id, name: one.name, required: one.required ?? false, data: { testid: `form-${one.name}` } };
  const node = one.choices ? h("select", common)
    : one.rows ? h("textarea", { ...common, rows: one.rows })
      : h("input", { ...common, maxlength: one.maxlength ?? null, autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  node.value = one.value ?? "";
  const name = h("label", { for: id }, typeof one.label === "function" ? "" : one.label);
  return { one, node, name, field: h("div", { class: "field" }, name, node) };
}

const valuesOf = (controls) => Object.fromEntries(controls.map(({ one, node, field }) => [one.name, field.hidden ? "" : node.value.trim()]));

/** Fields follow each other: which are there, what may be chosen, what they are called. */
function follow(controls) {
  for (const { one, node, name, field } of controls) {
    const values = valuesOf(controls);
    field.hidden = one.shows ? !one.shows(values) : false;
    node.disabled = field.hidden; // what is not shown is not required
    if (typeof one.label === "function") setText(name, one.label(values));
    if (!one.choices) continue;
    const before = node.value || one.value || "";
    refill(node, one.choices(values).map(([value, text]) => h("option", { value }, text)));
    if ([...node.options].some((option) => option.value === before)) node.value = before;
  }
}

/** One key for one request: the same again after a lost answer, another once something was changed. */
function once(method, path) {
  let sent = null, key = null;
  return (body) => {
    const text = JSON.stringify(body ?? null);
    if (text !== sent) [sent, key] = [text, newKey()];
    return ask(method, path, { body, headers: { "Idempotency-Key": key } });
  };
}

/**
 * Ask, and send what was answered.
 *
 * @param {{title: string, note?: string, ok: string, danger?: boolean, fields?: object[], method?: string, path: string | ((values: object) => string), body?: (values: object) => unknown}} question
 *   a field: `name`, `label`, `value`, `required`, `maxlength`, `rows`, `choices(values)`, `shows(values)`
 * @returns {Promise<{answer: any}|null>} null when called off
 */
export async function submit({ title, note = "", ok, danger = false, fields = [], method = "POST", path, body = () => undefined }) {
  const controls = fields.map(control);
  const problem = h("p", { class: "notice danger problem", role: "alert", data: { testid: "form-problem" } });
  const send = once(method, path);
  const button = h("button", { class: `button ${danger ? "danger" : "primary"}`, data: { testid: "form-ok" } }, ok);
  let taken = null;
  const form = h("form", {
    on: {
      change: () => follow(controls),
      submit: async (event) => {
        event.preventDefault();
        button.disabled = true;
        setText(problem, "");
        try {
          taken = { answer: await send(body(valuesOf(controls))) };
          dialog.close("ok");
        } catch (error) { setText(problem, error.message); }
        button.disabled = false;
      },
    },
  },
  h("h2", {}, title), note ? h("p", { class: "muted" }, note) : null, controls.map((one) => one.field), problem,
  h("div", { class: "actions" },
    h("button", { type: "button", class: "button", on: { click: () => dialog.close("no") } }, t("cancel")), button));
  const dialog = h("dialog", { "aria-label": title }, form);
  follow(controls);
  const closed = show(dialog);
  (controls[0]?.node ?? button).focus();
  await closed;
  return taken;
}

async function copy(field) {
  field.select();
  try { await navigator.clipboard.writeText(field.value); return true; } catch { return document.execCommand("copy"); }
}

/** Show texts that are shown this once. @param {{title: string, note: string, texts: [string, string][]}} what label and text */
export function showOnce({ title, note, texts }) {
  const rows = texts.map(([name, value], i) => {
    const field = h("input", { id: `once-${i}`, readonly: true, value, data: { testid: `once-${i}` } });
    const said = h("span", { class: "muted", role: "status" });
    const button = h("button", { type: "button", class: "button", on: { click: async () => setText(said, t((await copy(field)) ? "ad_copied" : "ad_not_copied")) } }, t("ad_copy"));
    return h("div", { class: "field once" }, h("label", { for: `once-${i}` }, name), h("div", { class: "row" }, field, button), said);
  });
  const dialog = h("dialog", { "aria-label": title, on: { cancel: (event) => event.preventDefault() } }, // not by a slip of Escape
    h("form", { method: "dialog" }, h("h2", {}, title), h("p", {}, note), rows,
      h("div", { class: "actions" }, h("button", { class: "button primary", value: "ok", data: { testid: "once-close" } }, t("ad_noted")))));
  return show(dialog);
}
