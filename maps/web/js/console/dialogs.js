// Questions before something is done that others will read about later.

import { h } from "../dom.js";
import { t } from "../i18n.js";

function show(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => { dialog.remove(); resolve(["ok", "other"].includes(dialog.returnValue) ? dialog.returnValue : null); }));
}

function buttons(okText, okClass, otherText) {
  return h("div", { class: "actions" },
    h("button", { type: "button", class: "button", on: { click: (event) => event.target.closest("dialog").close("no") } }, t("cancel")),
    otherText ? h("button", { class: "button", value: "other", data: { testid: "dialog-other" } }, otherText) : null,
    h("button", { class: `button ${okClass}`, value: "ok", data: { testid: "dialog-ok" } }, okText));
}

function quickReasons(choices, field) {
  return h("div", { class: "row wrap" }, choices.map((choice) =>
    h("button", { type: "button", class: "button", on: { click: () => { field.value = choice; field.focus(); } } }, choice)));
}

/**
 * Ask for a reason (or what `field` names), for a unit where `units` are given, and for some of `checks`.
 *
 * @param {{title: string, note?: string, choices: string[], ok: string, other?: string, danger?: boolean, field?: string, units?: {value: string, text: string}[], unitLabel?: string, checks?: {value: string, text: string, checked: boolean}[]}} question
 * @returns {Promise<{reason: string, unitId: string, checked: string[], other: boolean}|null>} null when called off; `other` when the second answer was given
 */
export async function askReason({ title, note = "", choices, ok, other = "", danger = false, field: asked = t("reason"), units = [], unitLabel = t("new_unit"), checks = [] }) {
  const field = h("input", { id: "ask-reason", required: true, maxlength: 200, autocomplete: "off", data: { testid: "reason" } });
  field.addEventListener("input", () => field.setCustomValidity(field.value.trim() ? "" : t("reason_needed")));
  const pick = units.length
    ? h("select", { id: "ask-unit", data: { testid: "reassign-unit" } }, units.map((one) => h("option", { value: one.value }, one.text))) : null;
  const boxes = checks.map((one) => h("input", { type: "checkbox", value: one.value, checked: one.checked, data: { testid: `check-${one.value}` } }));
  const dialog = h("dialog", { "aria-labelledby": "ask-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "ask-title" }, title),
      note ? h("p", { class: "muted" }, note) : null,
      pick ? h("div", { class: "field" }, h("label", { for: "ask-unit" }, unitLabel), pick) : null,
      checks.length ? h("div", { class: "row wrap" }, boxes.map((box, i) => h("label", { class: "row" }, box, checks[i].text))) : null,
      h("div", { class: "field" }, h("label", { for: "ask-reason" }, asked), field),
      quickReasons(choices, field),
      buttons(ok, danger ? "danger" : "primary", other)));
  field.autofocus = true;
  const answer = await show(dialog);
  if (!answer) return null;
  return { reason: field.value.trim(), unitId: pick?.value ?? "", checked: boxes.filter((box) => box.checked).map((box) => box.value), other: answer === "other" };
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
