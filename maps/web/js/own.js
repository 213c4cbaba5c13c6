// What a client, a repair shop or a tow company sees: its own cases, and a client's share of promises kept.

import { get } from "./api.js";
import { attempt, byId, h, refill, setText } from "./dom.js";
import { dateTime, minute, NONE, percent } from "./format.js";
import { addWords, label, onLanguage, t } from "./i18n.js";
import { offerPassword, startShell } from "./shell.js";

addWords({
  own_title: ["本单位案件", "Our cases"],
  own_none: ["最近 7 天没有案件。", "No case in the last 7 days."],
  own_nothing: ["此账号不查看案件。账号、设备与机构用命令 gzdispatch 管理。", "This account sees no cases. Accounts, devices and organisations are managed by the command gzdispatch."],
  own_share: ["近 30 天按时到场 {share}({kept}/{n},95% 区间 {low} 至 {high})", "Arrived in time in 30 days: {share} ({kept} of {n}, 95 % interval {low} to {high})"],
  own_reported: ["报案 {at}", "reported {at}"],
  own_due: ["承诺到场 {at}", "promised by {at}"],
  own_arrived: ["已到场 {at}", "arrived {at}"],
  own_shop: ["送修 {shop}", "to {shop}"],
  own_shop_eta: ["预计送达 {at}", "expected at the shop {at}"],
  own_phone: ["驾驶员电话 {phone}", "driver's phone {phone}"],
  own_eta: ["{role} {status},预计 {at}", "{role} {status}, expected {at}"],
});

let seat = "";
let cases = [];
let share = null;

function facts(one) {
  return [
    one.place?.words,
    t("own_reported", { at: dateTime(one.reported_at) }),
    one.due_at && t("own_due", { at: minute(one.due_at) }),
    one.arrived_at && t("own_arrived", { at: minute(one.arrived_at) }),
    one.shop_name && t("own_shop", { shop: one.shop_name }),
    one.shop_eta_at && t("own_shop_eta", { at: minute(one.shop_eta_at) }),
    one.phone && t("own_phone", { phone: one.phone }),
    ...one.sent.map((s) => t("own_eta", { role: label("role", s.role, s.role_label), status: label("assignment_status", s.status, s.status_label), at: minute(s.eta_at) })),
  ].filter(Boolean);
}

function card(one) {
  const state = [one.status && label("incident_status", one.status, one.status_label), one.verdict && label("verdict", one.verdict, one.verdict_label)].filter(Boolean).join(" · ");
  return h("li", { class: "card" },
    h("div", { class: "head" }, h("span", {}, one.id), h("span", {}, one.plate || NONE), h("span", { class: "muted" }, state)),
    facts(one).map((fact) => h("div", {}, fact)));
}

function show() {
  const empty = seat === "client" || seat === "partner" ? "own_none" : "own_nothing";
  refill(byId("cases"), cases.length ? cases.map(card) : [h("li", { class: "muted" }, t(empty))]);
  byId("sim-badge").hidden = !cases.some((one) => one.simulated);
  setText(byId("share"), share?.n ? t("own_share", { ...share, share: percent(share.share_kept), low: percent(share.low), high: percent(share.high) }) : "");
}

async function load() {
  const session = await get("/v1/session");
  offerPassword(session);
  seat = session.seat;
  if (seat === "client" || seat === "partner") cases = await get(`/v1/${seat}/cases`);
  if (seat === "client") share = await get("/v1/client/promises");
  show();
}

startShell();
onLanguage(show);
attempt(load);
