// Small helpers to build pages safely: text is always text, never markup.

import { t } from "./i18n.js";

const asProperty = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "htmlFor"]);

function put(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (asProperty.has(name)) node[name] = name === "value" ? "" : false;
    return;
  }
  if (name === "class") node.className = value;
  else if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "style") for (const [property, to] of Object.entries(value)) node.style.setProperty(property, to);
  else if (asProperty.has(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

/**
 * An element: `h("button", {class: "button", on: {click}}, "派单")`. Children may be nodes, texts, lists or nothing.
 *
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) put(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Set a text only where it differs, so that nothing repaints or is read aloud again. */
export function setText(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

const HELD_MS = 50;
const later = new WeakMap();

/**
 * Put other children into `node`; the focus stays on the one with the same `data-key`, else on the first with its `data-id`.
 * Where a finger is on one of them they wait until it is lifted: a click on what is gone would be lost.
 */
export function refill(node, children) {
  clearTimeout(later.get(node));
  if (node.querySelector(":active")) { later.set(node, setTimeout(refill, HELD_MS, node, children)); return; }
  const { key, id } = node.contains(document.activeElement) ? document.activeElement.dataset : {};
  node.replaceChildren(...children.filter(Boolean));
  const named = (name, value) => value && node.querySelector(`[data-${name}="${CSS.escape(value)}"]`);
  (named("key", key) || named("id", id))?.focus({ preventScroll: true });
}

/** @returns {HTMLElement} the element with that id */
export const byId = (id) => document.getElementById(id);

const TOAST_MS = 6000;

function toasts() {
  let box = document.querySelector(".toasts");
  if (!box) {
    box = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(box);
  }
  return box;
}

/**
 * Show a message. Errors stay until closed; the rest goes by itself.
 *
 * @param {string} text
 * @param {"info"|"ok"|"error"} [kind]
 */
export function toast(text, kind = "info") {
  const close = h("button", { type: "button", class: "button quiet", "aria-label": t("close") }, "✕");
  const node = h("div", { class: `toast ${kind}`, role: kind === "error" ? "alert" : null, data: { testid: "toast" } },
    h("p", {}, text), close);
  close.addEventListener("click", () => node.remove());
  for (const old of [...toasts().children]) if (old.firstChild.textContent === text) old.remove(); // said again, not twice
  for (const old of [...toasts().children].slice(0, -3)) old.remove();
  toasts().append(node);
  if (kind !== "error") setTimeout(() => node.remove(), TOAST_MS);
}

/** Run `work`; show what goes wrong as a toast. Returns its value, or undefined after an error. */
export async function attempt(work, button) {
  if (button) { button.disabled = true; button.classList.add("busy"); }
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") toast(error.message, "error");
    if (error.name !== "AbortError" && error.name !== "ApiError") console.error(error);
    return undefined;
  } finally {
    if (button) { button.disabled = false; button.classList.remove("busy"); }
  }
}
