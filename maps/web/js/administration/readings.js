// Who looked at personal data, and when.

import { address, get } from "../api.js";
import { h } from "../dom.js";
import { clock, day } from "../format.js";
import { t } from "../i18n.js";
import { table } from "./table.js";

const MOST = 500;
let readings = [];
let names = [];
const wish = { who: "", day: "" };

export async function load() {
  const query = address("/v1/privacy/access", { ...wish, limit: MOST });
  if (!names.length) names = (await get("/v1/administration/people")).map((one) => one.name); // once: it is a reading too
  readings = await get(query);
}

const row = (one) => ({
  key: one.who,
  cells: [`${day(one.at)} ${clock(one.at)}`, one.who, t(`ad_role_${one.role}`), t(`ad_what_${one.what}`), one.subject, h("small", {}, one.route)],
});

export const records = () => table(["ad_at", "ad_who", "ad_role", "ad_what", "ad_subject", "ad_details"], readings.map(row), "ad_none_readings");

export function tools(done) {
  const changed = (name) => ({ change: (event) => { wish[name] = event.target.value; done(); } });
  const who = h("select", { id: "reader", data: { key: "reader", testid: "reader" }, on: changed("who") },
    ["", ...names].map((name) => h("option", { value: name, selected: name === wish.who }, name || t("ad_everybody"))));
  const when = h("input", { id: "day", type: "date", value: wish.day, data: { key: "day", testid: "day" }, on: changed("day") });
  return [
    h("div", { class: "field" }, h("label", { for: "reader" }, t("ad_who")), who),
    h("div", { class: "field" }, h("label", { for: "day" }, t("ad_day")), when),
  ];
}
