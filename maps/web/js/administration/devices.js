// Devices that report positions by a token of their own.

import { get } from "../api.js";
import { h, toast } from "../dom.js";
import { dateTime, NONE } from "../format.js";
import { t } from "../i18n.js";
import { showOnce, submit } from "./form.js";
import { does, state, table } from "./table.js";

const PATH = "/v1/devices";
let devices = [];
let units = [];

export async function load() {
  [devices, units] = await Promise.all([get(PATH), get("/v1/administration/units")]);
}

async function issue(done) {
  const fields = [
    { name: "unit_id", label: t("ad_unit"), required: true, choices: () => units.map((u) => [u.id, `${u.id} ${u.name}`]) },
    { name: "name", label: t("ad_whose_phone"), maxlength: 80 },
  ];
  const taken = await submit({ title: t("ad_issue"), ok: t("ad_issue"), fields, path: PATH, body: (values) => values });
  if (!taken) return;
  const { unit_id: name, token, server } = taken.answer;
  await showOnce({ title: t("ad_token_title", { name }), note: t("ad_token_note"), texts: [[t("ad_token"), token], [t("ad_server"), server]] });
  await done();
}

async function revoke(one, done) {
  const taken = await submit({ title: `${t("ad_revoke")}: ${one.unit_id} ${one.name}`, note: t("ad_revoke_note"), ok: t("ad_revoke"), danger: true, method: "DELETE", path: `${PATH}/${one.id}` });
  if (taken) toast(t("ad_done"), "ok");
  if (taken) await done();
}

function row(one, done) {
  const battery = one.battery === null ? NONE : `${Math.round(100 * one.battery)}%${one.charging ? " ⚡" : ""}`;
  const off = one.revoked_at !== null;
  return {
    key: String(one.id), gone: off,
    cells: [
      [`${one.unit_id} ${one.unit_name}`, one.name ? h("small", {}, one.name) : null], String(one.id),
      [dateTime(one.created_at), h("small", {}, one.created_by)], dateTime(one.last_seen_at), battery,
      off ? state("ad_revoked", "off", { at: dateTime(one.revoked_at) }) : state("ad_active"),
    ],
    does: [!off && does("ad_revoke", `${one.unit_id} ${one.name}`, () => revoke(one, done), "danger")],
  };
}

export const records = (_, done) => table(["ad_unit", "ad_number", "ad_issued", "ad_seen", "ad_battery", "ad_state"], devices.map((one) => row(one, done)), "ad_none_devices");

export const tools = (done) => [
  h("button", { type: "button", class: "button primary", data: { testid: "ad_issue" }, on: { click: () => issue(done) } }, t("ad_issue")),
];
