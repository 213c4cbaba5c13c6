// Questions before a step that cannot be undone.

import { byId, h } from "../dom.js";
import { t } from "../i18n.js";

const REASONS = ["busy", "vehicle", "far", "end", "other"];

/** Show a dialog of the page and wait for its answer: the value of the button, or "cancel". */
export function ask(id) {
  const dialog = byId(id);
  return new Promise((answer) => {
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => answer(dialog.returnValue || "cancel"), { once: true });
    dialog.showModal();
  });
}

/** Ask a plain question; true for yes. */
export async function sure({ title, text, yes }) {
  byId("sure-title").textContent = title;
  byId("sure-text").textContent = text;
  byId("sure-yes").textContent = yes;
  return (await ask("sure-dialog")) === "send";
}

/** Close whatever is open, as cancelled. */
export const closeAll = () => document.querySelectorAll("dialog[open]").forEach((open) => open.close("cancel"));

const chosen = () => document.querySelector("#decline-reasons input:checked")?.value;

function reasonText() {
  if (chosen() === "other") return byId("decline-other").value.trim();
  return chosen() ? t(`sv_decline_${chosen()}`) : "";
}

function checkReason() {
  byId("decline-other-field").hidden = chosen() !== "other";
  byId("decline-send").disabled = !reasonText();
}

/** Why the job is refused; empty where the surveyor thought better of it. */
export async function askReason() {
  byId("decline-reasons").replaceChildren(...REASONS.map((value) =>
    h("label", {}, h("input", { type: "radio", name: "reason", value }), t(`sv_decline_${value}`))));
  byId("decline-other").value = "";
  checkReason();
  return (await ask("decline-dialog")) === "send" ? reasonText() : "";
}

/** Whether the work is done; a tow that leaves without the vehicle a shop waits for says why. @returns {Promise<object|null>} null where not */
export async function askClear(shopWaits) {
  byId("clear-why-field").hidden = !shopWaits;
  Object.assign(byId("clear-why"), { value: "", required: shopWaits });
  if ((await ask("clear-dialog")) !== "send") return null;
  return shopWaits ? { reason: byId("clear-why").value.trim() } : {};
}

/** Wire the dialogs once. */
export function wireDialogs() {
  byId("decline-dialog").addEventListener("input", checkReason);
  byId("decline-other").addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); byId("decline-send").click(); }
  });
}
