// The parts a survey form is made of: each reads and writes one value and says when it changed.

import { h } from "../dom.js";
import { t } from "../i18n.js";

let number = 0;
const nextId = () => `sc-${(number += 1)}`;

function block(legend, ...children) {
  return h("fieldset", { class: "sc-block" }, h("legend", {}, legend), ...children);
}

/** One of several, as large buttons. */
export function choice(name, legend, values, word, value, change) {
  return block(legend, h("div", { class: "sc-choices" }, values.map((one) =>
    h("label", {}, h("input", { type: "radio", name, value: one, checked: one === value, on: { change: () => change(one) } }), h("span", {}, word(one))))));
}

/** Any number of several. */
export function several(name, legend, values, word, chosen, change) {
  const now = new Set(chosen);
  const flip = (one, on) => { if (on) now.add(one); else now.delete(one); change(values.filter((v) => now.has(v))); };
  return block(legend, h("div", { class: "sc-choices" }, values.map((one) =>
    h("label", {}, h("input", { type: "checkbox", name, value: one, checked: now.has(one), on: { change: (event) => flip(one, event.target.checked) } }), h("span", {}, word(one))))));
}

/** A line or some lines of text. */
export function text(name, caption, value, change, { hint = "", lines = 1, ...more } = {}) {
  const id = nextId();
  const properties = { id, name, value: value ?? "", maxlength: 1000, autocomplete: "off", "aria-describedby": hint ? `${id}-hint` : null, ...more, on: { input: (event) => change(event.target.value) } };
  return h("div", { class: "field sc-block" },
    h("label", { for: id }, caption),
    lines > 1 ? h("textarea", { ...properties, rows: lines }) : h("input", properties),
    hint ? h("p", { id: `${id}-hint`, class: "fine muted" }, hint) : null);
}

/** A whole number with buttons for one fewer and one more; with `blank` it may also be unknown (null). */
export function count(name, caption, value, change, { least = 0, most = 500, blank = false } = {}) {
  const id = nextId();
  let now = value ?? (blank ? null : least);
  const shown = h("output", { id, class: "number", data: { testid: `count-${name}` } });
  const button = (sign, word, testid, step) => h("button", { type: "button", class: "button", "aria-label": `${caption}: ${t(word)}`, data: { testid }, on: { click: () => set(step()) } }, sign);
  const fewer = button("−", "sc_fewer", `fewer-${name}`, () => (now > least ? now - 1 : blank ? null : least));
  const more = button("+", "sc_more", `more-${name}`, () => (now === null ? least : Math.min(most, now + 1)));
  const show = () => { shown.textContent = now === null ? t("sc_unknown") : String(now); fewer.disabled = blank ? now === null : now <= least; };
  function set(to) { now = to; show(); change(now); }
  show();
  return h("div", { class: "sc-block sc-count", role: "group", "aria-labelledby": `${id}-name` },
    h("span", { id: `${id}-name`, class: "label grow" }, caption), fewer, shown, more);
}
