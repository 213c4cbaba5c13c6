// The survey form's place on the surveyor's page: how far it has come, the way into it, and the question before a job is
// ended without one.
//
//   import { showScene, okWithoutForm } from "./scene/entry.js";
//   showScene({ incident, assignment, owner, here });     // at each redraw; without incident and assignment where there is no job
//   if (press === "clear" && !(await okWithoutForm())) return;

import { h } from "../dom.js";
import { language, t } from "../i18n.js";
import { onOutbox, waiting } from "../outbox.js";
import { keyOf, recall, sweep } from "./draft.js";
import { openForm } from "./form.js";
import { stateOf } from "./photo_strip.js";
import "./phone_words.js";

const ROLES = ["surveyor", "specialist"]; // a tow brings no survey

const now = { key: "", incident: null, draft: null, coming: null, here: () => null, open: false, asked: "" };

const place = () => document.getElementById("scene") ?? insert();

function insert() {
  const node = h("section", { id: "scene" });
  document.getElementById("job").after(node);
  return node;
}

/** How far the form has come: none, draft, waiting, refused or sent; `why` it was refused. */
function progress() {
  const { draft, incident } = now;
  const entry = draft.submitted_key && waiting().find((one) => one.key === draft.submitted_key);
  if (entry?.state === "refused") return { state: "refused", why: entry.problem.message };
  if (entry) return { state: "waiting" };
  if (draft.touched) return { state: "draft" };
  return { state: draft.submitted_key || incident.scene?.reports ? "sent" : "none" };
}

const WORD = { none: "sc_open", draft: "sc_go_on", waiting: "sc_correct", refused: "sc_correct", sent: "sc_correct" };

function photoWords() {
  const { photos } = now.draft;
  const left = photos.filter((photo) => stateOf(photo) !== "sent").length;
  return photos.length ? t(left ? "sc_count_waiting" : "sc_count", { n: photos.length, m: left }) : "";
}

function draw() {
  const node = place();
  node.hidden = !now.draft;
  if (!now.draft) { node.replaceChildren(); node.dataset.meaning = ""; return; }
  const { state, why } = progress();
  const photos = photoWords();
  const meaning = [now.key, state, why, photos, language()].join();
  if (node.dataset.meaning === meaning) return; // a button must not vanish under the finger
  node.dataset.meaning = meaning;
  node.replaceChildren(h("article", { class: `sc-card ${state}`, data: { testid: "scene-card", state } },
    h("h2", {}, t("sc_form")),
    h("p", {}, [t(`sc_state_${state}`, { why }), photos].filter(Boolean).join(" · ")),
    h("button", { type: "button", class: "button big block", data: { testid: "scene-open" }, on: { click: open } }, t(WORD[state]))));
}

async function open() {
  if (now.open || !now.draft) return;
  now.open = true;
  try {
    await openForm({ incident: now.incident, draft: now.draft, here: now.here });
  } finally {
    now.open = false;
    draw();
  }
}

/**
 * Show the form's card while the surveyor is on the scene; hide it otherwise.
 *
 * @param {{incident?: object, assignment?: object, owner: string, here: () => object|null}} page
 */
export async function showScene({ incident, assignment, owner, here }) {
  now.here = here;
  if (assignment?.status !== "on_scene" || !ROLES.includes(assignment.role)) {
    Object.assign(now, { key: "", incident: null, draft: null, coming: null });
    draw();
    return;
  }
  const key = keyOf(owner, incident.id);
  now.incident = incident;
  if (key !== now.key) {
    Object.assign(now, { key, draft: null, coming: recall(key) });
    const draft = await now.coming;
    if (key !== now.key) return; // another job meanwhile
    now.draft = draft;
  }
  draw();
}

function ask() {
  const answer = (value, word, kind, testid) => h("button", { class: `button big ${kind}`, value, data: { testid } }, t(word));
  const dialog = h("dialog", { "aria-labelledby": "sc-ask" }, h("form", { method: "dialog" },
    h("h2", { id: "sc-ask" }, t("sc_ask_title")), h("p", {}, t("sc_ask_text")),
    h("div", { class: "actions" }, answer("anyway", "sc_ask_anyway", "", "clear-without-form"), answer("fill", "sc_ask_fill", "primary", "fill-form"))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((give) => dialog.addEventListener("close", () => { dialog.remove(); give(dialog.returnValue); }, { once: true }));
}

/** Before a job is ended: with no form signed off the surveyor is asked, once a job. @returns {Promise<boolean>} whether to go on */
export async function okWithoutForm() {
  await now.coming; // a slow phone may still be looking for what was filled in
  if (!now.draft || now.asked === now.key || !["none", "draft"].includes(progress().state)) return true;
  const answer = await ask();
  if (answer === "anyway") { now.asked = now.key; return true; }
  if (answer === "fill") open();
  return false;
}

onOutbox({ onChange: draw });
sweep();
