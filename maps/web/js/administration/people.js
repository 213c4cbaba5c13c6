// People: who may sign in, as what and for whom.

import { get } from "../api.js";
import { h, toast } from "../dom.js";
import { dateTime, minute, NONE } from "../format.js";
import { t } from "../i18n.js";
import { showOnce, submit } from "./form.js";
import { does, state, table } from "./table.js";

const PATH = "/v1/administration/people";
const ROLES = {
  insurer: ["dispatcher", "surveyor", "manager", "auditor", "administrator"], client: ["manager"], shop: ["partner"], tow: ["surveyor", "partner"],
};
const pathOf = (one) => `${PATH}/${encodeURIComponent(one.name)}`;

let people = [];
let organisations = [];
let units = [];
let wish = "";

export async function load() {
  [people, organisations, units] = await Promise.all([get(PATH), get("/v1/administration/organisations"), get("/v1/administration/units")]);
}

function fields(one) {
  const kindOf = (values) => organisations.find((o) => o.id === values.organisation_id)?.kind ?? "insurer";
  const chosen = organisations.filter((o) => !o.disabled_at || o.id === one?.organisation_id);
  return [
    { name: "organisation_id", label: t("ad_organisation"), value: one?.organisation_id ?? "house", choices: () => chosen.map((o) => [o.id, o.name]) },
    { name: "role", label: t("ad_role"), value: one?.role, choices: (values) => ROLES[kindOf(values)].map((role) => [role, t(`ad_role_${role}`)]) },
    {
      name: "unit_id", label: t("ad_unit"), value: one?.unit_id, required: true, shows: (values) => values.role === "surveyor",
      choices: (values) => units.filter((u) => u.organisation_id === values.organisation_id).map((u) => [u.id, `${u.id} ${u.name}`]),
    },
  ];
}

const place = ({ unit_id, ...rest }) => ({ ...rest, unit_id: unit_id || null });
const showPassword = ({ name, password }) => showOnce({ title: t("ad_password_title", { name }), note: t("ad_password_note"), texts: [[t("ad_name"), name], [t("ad_password"), password]] });

async function add(done) {
  const name = { name: "name", label: t("ad_name"), required: true, maxlength: 64 };
  const taken = await submit({ title: t("ad_add_person"), note: t("ad_add_note"), ok: t("ad_add"), fields: [name, ...fields(null)], path: PATH, body: place });
  if (taken) await showPassword(taken.answer);
  if (taken) await done();
}

/** One thing done about one person, after a question that says what follows. */
async function act(one, key, note, step, done, { method = "POST", danger = false } = {}) {
  const taken = await submit({ title: `${t(key)}: ${one.name}`, note: t(note), ok: t(key), danger, method, path: `${pathOf(one)}/${step}` });
  if (!taken) return;
  if (taken.answer?.password) await showPassword(taken.answer);
  else toast(t("ad_done"), "ok");
  await done();
}

async function change(one, done) {
  const taken = await submit({ title: `${t("ad_change")}: ${one.name}`, note: t("ad_change_note"), ok: t("ad_save"), fields: fields(one), path: pathOf(one), body: place });
  if (taken) toast(t("ad_done"), "ok");
  if (taken) await done();
}

function actions(one, me, done) {
  const off = one.disabled_at !== null;
  return [
    one.locked_until && does("ad_unlock", one.name, () => act(one, "ad_unlock", "ad_unlock_note", "unlock", done)),
    does("ad_change", one.name, () => change(one, done)),
    does("ad_reset", one.name, () => act(one, "ad_reset", "ad_reset_note", "password", done, { danger: true })),
    one.sessions > 0 && does("ad_end_all", one.name, () => act(one, "ad_end_all", "ad_end_all_note", "sessions", done, { method: "DELETE", danger: true })),
    off && does("ad_enable", one.name, () => act(one, "ad_enable", "ad_enable_note", "enable", done)),
    !off && one.name !== me && does("ad_disable", one.name, () => act(one, "ad_disable", "ad_disable_note", "disable", done, { danger: true }), "danger"),
  ];
}

function stateOf(one) {
  if (one.disabled_at) return state("ad_disabled", "off");
  if (one.organisation_disabled) return state("ad_off_with", "off");
  return one.locked_until ? state("ad_locked", "warn", { at: minute(one.locked_until) }) : state("ad_active");
}

function row(one, me, done) {
  return {
    key: one.name, gone: one.disabled_at !== null || one.organisation_disabled, does: actions(one, me, done),
    cells: [
      [one.name, one.name === me ? h("small", {}, t("ad_yourself")) : null],
      t(`ad_role_${one.role}`), one.organisation, one.unit_id ? `${one.unit_id} ${one.unit ?? ""}` : "", stateOf(one),
      one.last_sign_in_at ? dateTime(one.last_sign_in_at) : t("ad_never"), one.sessions ? String(one.sessions) : NONE,
    ],
  };
}

export function records(me, done) {
  const said = (one) => [one.name, t(`ad_role_${one.role}`), one.organisation, one.unit_id, one.unit].join(" ").toLowerCase();
  const found = people.filter((one) => said(one).includes(wish.toLowerCase()));
  return table(["ad_name", "ad_role", "ad_organisation", "ad_unit", "ad_state", "ad_last", "ad_open"], found.map((one) => row(one, me, done)), "ad_none_people");
}

export function tools(done, redraw) {
  const find = h("input", { id: "find", type: "search", value: wish, autocomplete: "off", data: { key: "find", testid: "find" }, on: { input: (event) => { wish = event.target.value.trim(); redraw(); } } });
  return [
    h("div", { class: "field" }, h("label", { for: "find" }, t("ad_find")), find),
    h("button", { type: "button", class: "button primary", data: { testid: "ad_add_person" }, on: { click: () => add(done) } }, t("ad_add_person")),
  ];
}
