// A question answered with a code from a list: a digit chooses, Enter sends.

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { buttons, show } from "./dialogs.js";

const digitOf = (event) => (event.ctrlKey || event.metaKey || event.altKey ? NaN : Number.parseInt(event.key, 10));

/** Make digits click the buttons of `list` unless somebody is writing. */
export function byDigit(dialog, list) {
  dialog.addEventListener("keydown", (event) => {
    const button = list[digitOf(event) - 1];
    if (!button || (event.target.matches("input:not([type=radio]):not([type=checkbox])") && event.target.value)) return;
    event.preventDefault();
    button.click();
  });
}

/**
 * Ask for one of `codes` and, where the list does not say it, for words.
 *
 * @param {{title: string, note?: string, codes: [string, string][], ok: string, danger?: boolean, extra?: HTMLElement[]}} question
 * @returns {Promise<{code: string, note: string}|null>} with the values of named inputs in `extra`; null when called off
 */
export async function askCode({ title, note = "", codes, ok, danger = false, extra = [] }) {
  let code = "";
  const words = h("input", { id: "ask-note", maxlength: 200, autocomplete: "off", data: { testid: "reason" } });
  const list = codes.map(([value, text], i) => h("button", { type: "button", class: "button code", "aria-pressed": "false", data: { testid: `code-${value}` } }, h("kbd", {}, String(i + 1)), text));
  const confirm = buttons(ok, danger ? "danger" : "primary");
  const send = confirm.querySelector("[value=ok]");
  const judge = () => { send.disabled = !code || (code === "other" && !words.value.trim()); };
  list.forEach((button, i) => button.addEventListener("click", () => {
    [code] = codes[i];
    for (const other of list) other.setAttribute("aria-pressed", String(other === button));
    judge();
    (code === "other" ? words : send).focus();
  }));
  words.addEventListener("input", judge);
  const form = h("form", { method: "dialog" },
    h("h2", { id: "ask-title" }, title), note ? h("p", { class: "muted" }, note) : null,
    h("div", { class: "codes", role: "group", "aria-labelledby": "ask-title" }, list), extra,
    h("div", { class: "field" }, h("label", { for: "ask-note" }, t("note_words")), words), confirm);
  const dialog = h("dialog", { "aria-labelledby": "ask-title" }, form);
  byDigit(dialog, list);
  judge();
  list[0].autofocus = true;
  const answer = await show(dialog);
  return answer ? { ...Object.fromEntries(new FormData(form)), code, note: words.value.trim() } : null;
}
