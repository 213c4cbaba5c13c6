// Organisations: clients with their fleets, partner shops, tow companies.

import { get } from "../api.js";
import { h, toast } from "../dom.js";
import { NONE } from "../format.js";
import { t } from "../i18n.js";
import { submit } from "./form.js";
import { does, state, table } from "./table.js";

const PATH = "/v1/administration/organisations";
const OWN = { client: "plates", tow: "units", shop: "shops" };
let organisations = [];

export async function load() {
  organisations = await get(PATH);
}

const lines = (text) => text.split(/\s*[\n,;\uFF0C\uFF1B]\s*/u).filter(Boolean);
const name = (one) => ({ name: "name", label: t("ad_called"), required: true, maxlength: 100, value: one?.name });
const client = (one) => ({ name: "client_id", label: t("ad_client_note"), maxlength: 12, value: one?.client_id, shows: (values) => (one?.kind ?? values.kind) === "client" });

async function finish(taken, done) {
  if (taken) toast(t("ad_done"), "ok");
  if (taken) await done();
}

async function add(done) {
  const fields = [
    { name: "kind", label: t("ad_kind"), choices: () => Object.keys(OWN).map((kind) => [kind, t(`ad_kind_${kind}`)]) },
    { name: "id", label: `${t("ad_number")}(${t("ad_id_note")})`, required: true, maxlength: 40 },
    name(null), client(null),
    { name: "own", label: (values) => t(`ad_own_${values.kind || "client"}`), rows: 4 },
  ];
  const body = ({ own, client_id, ...rest }) => ({ ...rest, client_id: client_id || null, [OWN[rest.kind]]: lines(own) });
  await finish(await submit({ title: t("ad_add_organisation"), ok: t("ad_add"), fields, path: PATH, body }), done);
}

async function change(one, done) {
  const body = (values) => ({ name: values.name, client_id: values.client_id || null });
  await finish(await submit({ title: `${t("ad_change")}: ${one.name}`, ok: t("ad_save"), fields: [name(one), client(one)], path: `${PATH}/${encodeURIComponent(one.id)}`, body }), done);
}

async function act(one, key, note, step, done) {
  const path = `${PATH}/${encodeURIComponent(one.id)}/${step}`;
  await finish(await submit({ title: `${t(key)}: ${one.name}`, note: t(note), ok: t(key), danger: step === "disable", path }), done);
}

function row(one, done) {
  const off = one.disabled_at !== null;
  return {
    key: one.id, gone: off,
    cells: [
      [one.name, h("small", {}, one.id)], t(`ad_kind_${one.kind}`), one.client_id ?? NONE,
      one.kind in OWN ? t(`ad_n_${one.kind}`, { n: one[OWN[one.kind]] }) : NONE, off ? state("ad_disabled", "off") : state("ad_active"),
    ],
    does: [
      does("ad_change", one.name, () => change(one, done)),
      off && does("ad_enable", one.name, () => act(one, "ad_enable", "ad_enable_organisation_note", "enable", done)),
      !off && one.kind !== "insurer" && does("ad_disable", one.name, () => act(one, "ad_disable", "ad_disable_organisation_note", "disable", done), "danger"),
    ],
  };
}

export const records = (_, done) => table(["ad_called", "ad_kind", "ad_client_number", "ad_own", "ad_state"], organisations.map((one) => row(one, done)), "ad_none_organisations");

export const tools = (done) => [
  h("button", { type: "button", class: "button primary", data: { testid: "ad_add_organisation" }, on: { click: () => add(done) } }, t("ad_add_organisation")),
];
