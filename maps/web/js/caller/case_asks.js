// What a caller may ask on the page of the case: another place, a call back, more photographs, a rating.

import { h } from "../dom.js";
import { minute } from "../format.js";
import { t } from "../i18n.js";
import { placeWords, when } from "./case_parts.js";
import { telephone } from "./door.js";
import { chooser } from "./photos.js";

/** What is being written; kept while the page is drawn anew. */
export const writing = { place: null, point: null, callback: null, phone: "", stars: 0, words: "", rating: false, busy: false, trouble: "" };

const trouble = (part) => (writing.trouble && writing.troubleIn === part ? h("p", { class: "notice danger", role: "alert" }, writing.trouble) : null);
const button = (word, act, { kind = "", key = word, disabled = false } = {}) =>
  h("button", { type: "button", class: `button ${kind}`, disabled, data: { key, testid: key }, on: { click: act } }, t(word));

function field(key, word, { rows = 0, ...more } = {}) {
  const node = h(rows ? "textarea" : "input", { id: `ask-${key}`, rows: rows || null, value: writing[key] ?? "", autocomplete: "off", data: { key, testid: `ask-${key}` }, ...more });
  node.addEventListener("input", () => { writing[key] = node.value; });
  return h("div", { class: "field" }, h("label", { for: `ask-${key}` }, t(word)), node);
}

function doubtOf({ doubt, as_of: asOf }) {
  if (!doubt) return null;
  const answered = doubt.moved ? t("cc_place_moved") : doubt.answer ? t("cc_place_answer", { answer: doubt.answer }) : null;
  return h("p", { class: answered ? "notice" : "notice warn", data: { testid: "doubt" } },
    t("cc_place_sent", { time: when(doubt.asked_at, asOf), text: doubt.text || t("cc_place_on_map") }), h("br"), answered ?? t("cc_place_waits"));
}

/** The place, and that it is another. */
export function placePart(shown, act) {
  const open = writing.place !== null;
  return [
    h("div", { class: "ask-head" }, h("h2", {}, t("cc_place")),
      shown.may_doubt && !open ? button("cc_place_wrong", act.openPlace, { kind: "small" }) : null),
    placeWords(shown),
    doubtOf(shown),
    open ? h("div", { class: "asking" },
      field("place", "cc_place_words", { rows: 2, maxlength: 300 }),
      h("p", { class: "fine muted" }, t("cc_place_hint")),
      trouble("place"),
      h("div", { class: "actions" }, button("cancel", act.closePlace, { key: "place-cancel" }), button("cc_tell", act.sendPlace, { kind: "primary", disabled: writing.busy }))) : null,
  ];
}

function callbackOf(shown) {
  const one = shown.callback;
  if (!one) return null;
  if (one.done_at) return h("p", { class: "ok", data: { testid: "callback-state" } }, t("cc_callback_done", { time: when(one.done_at, shown.as_of) }));
  const late = Date.parse(one.due_at) < Date.parse(shown.as_of);
  return h("p", { class: late ? "notice warn" : "notice", data: { testid: "callback-state" } }, t(late ? "cc_callback_late" : "cc_callback_waits", { time: minute(one.due_at) }));
}

function callbackForm(act) {
  const pick = (reason) => h("button", { type: "button", class: "button", data: { key: `why-${reason}` }, on: { click: () => act.reason(reason) } }, reason);
  return h("div", { class: "asking" },
    field("callback", "cc_callback_why", { maxlength: 200 }),
    h("div", { class: "row wrap" }, t("cc_callback_reasons").split("|").map(pick)),
    field("phone", "cc_callback_phone", { maxlength: 30, type: "tel", inputmode: "tel", autocomplete: "tel" }),
    trouble("callback"),
    h("div", { class: "actions" }, button("cancel", act.closeCallback, { key: "callback-cancel" }), button("cc_callback_send", act.sendCallback, { kind: "primary", key: "callback-send", disabled: writing.busy })));
}

/** Telephone, call back, photographs. */
export function helpPart(shown, act) {
  const waits = shown.callback && !shown.callback.done_at;
  const open = writing.callback !== null;
  return [
    h("h2", {}, t("cc_help")),
    h("div", { class: "helps" },
      shown.telephone ? h("a", { class: "button big", href: telephone(shown.telephone), data: { key: "call" }, "aria-label": t("cr_call_number", { number: shown.telephone }) }, h("span", {}, t("cr_call"), h("small", { class: "number" }, shown.telephone))) : null,
      waits || open ? null : button("cc_callback", act.openCallback, { kind: "big" })),
    callbackOf(shown),
    open ? callbackForm(act) : null,
    h("div", { class: "photo-line" },
      h("p", { class: "grow muted", data: { testid: "photos" } }, t(shown.photos ? "cc_photos_n" : "cc_photos_none", { n: shown.photos, most: shown.most_photos })),
      shown.photos < shown.most_photos ? chooser(act.addPhotos, "cc_photos_add") : null),
    writing.uploading ? h("p", { role: "status", class: "fine" }, writing.uploading) : null,
    trouble("photos"),
  ];
}

function stars(act) {
  const one = (n) => h("button", {
    type: "button", class: `star ${n <= writing.stars ? "on" : ""}`, "aria-label": t("cc_rate_stars", { n }), "aria-pressed": String(n === writing.stars),
    data: { key: `star-${n}`, testid: `star-${n}` }, on: { click: () => act.star(n) },
  }, "★");
  return h("div", { class: "stars", role: "group", "aria-label": t("cc_rate") }, [1, 2, 3, 4, 5].map(one));
}

/** The rating: asked for once the service has ended. */
export function ratingPart(shown, act) {
  if (!shown.may_rate && !shown.rating) return [];
  const asking = shown.may_rate && (!shown.rating || writing.rating);
  return [h("div", { class: "card" },
    h("h2", {}, t("cc_rate")),
    shown.rating && !writing.rating ? h("p", { data: { testid: "rated" } }, t("cc_rated", { n: shown.rating.stars })) : null,
    shown.rating && !writing.rating && shown.may_rate ? button("cc_rate_change", act.changeRating, { kind: "small" }) : null,
    asking ? [stars(act), writing.stars ? field("words", "cc_rate_words", { rows: 2, maxlength: 500 }) : null, trouble("rating"),
      writing.stars ? button("cc_rate_send", act.sendRating, { kind: "primary block", disabled: writing.busy }) : null] : null)];
}
