// Questions before something is done that others will read about later.

import { h } from "../dom.js";
import { t } from "../i18n.js";

function show(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "ok"); }));
}

function buttons(okText, okClass) {
  return h("div", { class: "actions" },
    h("button", { type: "button", class: "button", on: { click: (event) => event.target.closest("dialog").close("no") } }, t("cancel")),
    h("button", { class: `button ${okClass}`, value: "ok", data: { testid: "dialog-ok" } }, okText));
}

function quickReasons(choices, field) {
  return h("div", { class: "row wrap" }, choices.map((choice) =>
    h("button", { type: "button", class: "button", on: { click: () => { field.value = choice; field.focus(); } } }, choice)));
}

/**
 * Ask for a reason, and for a unit where `units` are given.
 *
 * @param {{title: string, note?: string, choices: string[], ok: string, danger?: boolean, units?: {value: string, text: string}[], unitLabel?: string, reasonLabel?: string}} question
 * @returns {Promise<{reason: string, unitId: string}|null>} null when called off
 */
export async function askReason({ title, note = "", choices, ok, danger = false, units = [], unitLabel = t("new_unit"), reasonLabel = t("reason") }) {
  const field = h("input", { id: "ask-reason", required: true, maxlength: 200, autocomplete: "off", data: { testid: "reason" } });
  field.addEventListener("input", () => field.setCustomValidity(field.value.trim() ? "" : t("reason_needed")));
  const pick = units.length
    ? h("select", { id: "ask-unit", data: { testid: "reassign-unit" } }, units.map((one) => h("option", { value: one.value }, one.text))) : null;
  const dialog = h("dialog", { "aria-labelledby": "ask-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "ask-title" }, title),
      note ? h("p", { class: "muted" }, note) : null,
      pick ? h("div", { class: "field" }, h("label", { for: "ask-unit" }, unitLabel), pick) : null,
      h("div", { class: "field" }, h("label", { for: "ask-reason" }, reasonLabel), field),
      quickReasons(choices, field),
      buttons(ok, danger ? "danger" : "primary")));
  field.autofocus = true;
  const agreed = await show(dialog);
  return agreed ? { reason: field.value.trim(), unitId: pick?.value ?? "" } : null;
}

/** Show the keys. */
export function showKeys() {
  const keys = [["N", "key_new"], ["Ctrl+Enter", "key_send"], ["↑ ↓", "key_walk"], ["Enter", "key_open"], ["A", "key_assign"],
    ["/", "key_search"], ["Esc", "key_back"], ["?", "key_help"]];
  return show(h("dialog", { "aria-labelledby": "keys-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "keys-title" }, t("keys_title")),
      h("dl", { class: "keys" }, keys.map(([key, word]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(word))])),
      h("div", { class: "actions" }, h("button", { class: "button primary", value: "ok" }, t("close"))))));
}
