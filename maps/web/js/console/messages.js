// What people outside the console were told of an incident, and what could not be delivered.

import { h } from "../dom.js";
import { clock } from "../format.js";
import { addWords, t } from "../i18n.js";

addWords({
  msg_title: ["对外通知", "Messages sent"],
  msg_to_caller: ["报案人", "caller"],
  msg_to_duty: ["值班主管", "manager on duty"],
  msg_failed: ["未能送达:{why}。请电话联系。", "Not delivered: {why}. Telephone them."],
  msg_offer: ["派单推送", "Offer, push"],
  msg_offer_again: ["派单短信", "Offer, text message"],
  msg_call_up: ["后备召集", "Back-up called"],
  msg_report_taken: ["受理告知", "Report taken"],
  msg_accepted: ["接单告知", "Who comes"],
  msg_later: ["到场推迟", "Comes later"],
  msg_arrived: ["到场告知", "On scene"],
  msg_paid: ["赔付告知", "Paid"],
  msg_refused: ["拒赔告知", "Refused"],
  msg_alarm: ["超时预警", "Promise in danger"],
  msg_by_push: ["推送", "push"],
  msg_by_sms: ["短信", "text message"],
  msg_by_mail: ["邮件", "mail"],
  msg_by_kept: ["仅留存", "kept"],
  msg_is_waiting: ["待发送", "waiting"],
  msg_is_sent: ["已发送", "sent"],
  msg_is_kept: ["已留存(未外发)", "kept, not sent out"],
  msg_is_nobody: ["无联系方式", "no address"],
  msg_is_failed: ["发送失败", "failed"],
  msg_is_expired: ["已过时,未发", "too late, not sent"],
});

const HIDDEN = ["off", "moot"]; // what was never to be said is no news

const receiver = (to) => ({ "报案人": t("msg_to_caller"), "值班主管": t("msg_to_duty") })[to] ?? to;

function line(one) {
  const by = one.channel && one.channel !== "kept" ? ` · ${t(`msg_by_${one.channel}`)}` : "";
  const failed = one.state === "failed";
  return h("li", { class: failed ? "danger" : "", data: { testid: "message", kind: one.kind, state: one.state } },
    h("time", { datetime: one.caused_at }, clock(one.settled_at ?? one.caused_at)),
    h("span", {}, `${t(`msg_${one.kind}`)} → ${receiver(one.to)}${by} · `, h(failed ? "strong" : "span", {}, t(`msg_is_${one.state}`)),
      failed ? h("p", { class: "notice danger" }, t("msg_failed", { why: one.why })) : null));
}

/** The card of messages. @param {object[]} messages MessageOut */
export function messagesCard(messages) {
  const told = messages.filter((one) => !HIDDEN.includes(one.state));
  if (!told.length) return [];
  return [h("h3", {}, t("msg_title")), h("ul", { class: "history", data: { testid: "messages" } }, told.map(line))];
}
