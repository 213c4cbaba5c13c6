// Questions before something is done that others will read about later.

import { h } from "../dom.js";
import { t } from "../i18n.js";

/** Show a dialog until it is answered: "ok", "other", or null when it is called off. */
export function show(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
    resolve(["ok", "other"].includes(dialog.returnValue) ? dialog.returnValue : null);
  }));
}

/** The row of buttons of a dialog; Enter in a field presses the first that sends, which is OK. */
export function buttons(okText, okClass, otherText) {
  return h("div", { class: "actions" },
    h("button", { type: "button", class: "button", on: { click: (event) => event.target.closest("dialog").close("no") } }, t("cancel")),
    h("button", { class: `button ${okClass} last`, value: "ok", data: { testid: "dialog-ok" } }, okText),
    otherText ? h("button", { class: "button", value: "other", data: { testid: "dialog-other" } }, otherText) : null);
}

/** Reasons to take as they are, each by its digit while nothing is written; `quick` sends at once. */
function quickReasons(choices, field, quick) {
  const take = (choice, button) => {
    field.value = choice;
    field.setCustomValidity("");
    if (quick) button.form.requestSubmit(button.form.querySelector("[value=ok]"));
    else field.focus();
  };
  const list = choices.map((choice, i) => h("button", { type: "button", class: "button", data: { testid: `reason-${i + 1}` }, on: { click: (event) => take(choice, event.currentTarget) } },
    h("kbd", {}, String(i + 1)), choice));
  field.addEventListener("keydown", (event) => {
    const button = list[Number.parseInt(event.key, 10) - 1];
    if (!button || field.value || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    button.click();
  });
  return list.length ? h("div", { class: "row wrap" }, list) : null;
}

/**
 * Ask for a reason (or what `field` names), for a unit where `units` are given, and for some of `checks`.
 *
 * @param {{title: string, note?: string, choices: string[], ok: string, other?: string, danger?: boolean, quick?: boolean, field?: string, units?: {value: string, text: string}[], unitLabel?: string, checks?: {value: string, text: string, checked: boolean}[]}} question
 * @returns {Promise<{reason: string, unitId: string, checked: string[], other: boolean}|null>} null when called off; `other` when the second answer was given
 */
export async function askReason({ title, note = "", choices, ok, other = "", danger = false, quick = false, field: asked = t("reason"), units = [], unitLabel = t("new_unit"), checks = [] }) {
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
      checks.length ? h("div", { class: "row wrap" }, boxes.map((box, i) => h("label", { class: "row check" }, box, checks[i].text))) : null,
      h("div", { class: "field" }, h("label", { for: "ask-reason" }, asked), field),
      quickReasons(choices, field, quick),
      buttons(ok, danger ? "danger" : "primary", other)));
  field.autofocus = true;
  const answer = await show(dialog);
  if (!answer) return null;
  return { reason: field.value.trim(), unitId: pick?.value ?? "", checked: boxes.filter((box) => box.checked).map((box) => box.value), other: answer === "other" };
}
