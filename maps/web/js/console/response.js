// How an incident is responded to: its tiers with what spoke for them, whom it still needs, the plan in a sentence.

import { attempt, h, toast } from "../dom.js";
import { minute } from "../format.js";
import { about, label, language, t } from "../i18n.js";
import { change } from "./change.js";
import { askReason } from "./dialogs.js";

const TIERS = ["green_channel", "injury", "expressway", "heavy_loss", "multi_vehicle", "standard", "minor"];
const LEAST = new Set(["standard", "minor"]);

/** The tiers worth a chip: the most pressing first; standard only where nothing else is. */
export function tierChips(incident, { most = 3 } = {}) {
  const tiers = incident.response.tiers;
  const shown = tiers.some((one) => !LEAST.has(one)) ? tiers.filter((one) => !LEAST.has(one)) : tiers;
  return shown.slice(0, most).map((tier) => h("span", { class: `chip tier ${tier}`, data: { testid: "tier-chip", tier } }, label("tier", tier)));
}

const needLabel = (need) => (language() === "en" && need.skills.length
  ? `${label("role", need.role)} (${need.skills.map((one) => label("skill", one)).join(", ")})` : language() === "en" ? label("role", need.role) : need.label);

/** Post a decision and say that it is done. */
function decide(incident, path, body, button, done) {
  return attempt(async () => {
    await change(incident.id, `/v1/incidents/${incident.id}/${path}`, body);
    toast(t(done), "ok");
  }, button);
}

async function changeTiers(incident, button) {
  const checks = TIERS.map((tier) => ({ value: tier, text: label("tier", tier), checked: incident.response.tiers.includes(tier) }));
  const answer = await askReason({ title: t("tier_title"), note: t("tier_note"), choices: t("why_tier").split("|"), ok: t("tier_change"), checks });
  if (!answer) return;
  if (!answer.checked.length) { toast(t("tier_none"), "error"); return; }
  await decide(incident, "tier", { tiers: answer.checked, reason: answer.reason }, button, "tier_toast");
}

async function waive(incident, need, button) {
  const answer = await askReason({ title: t("waive_title", { need: needLabel(need) }), choices: t("why_waive").split("|"), ok: t("waive") });
  if (answer) await decide(incident, "waive", { role: need.role, reason: answer.reason }, button, "waive_toast");
}

async function nameHospital(incident, button) {
  const answer = await askReason({ title: t("hospital_title"), field: t("hospital"), choices: [], ok: t("confirm") });
  if (answer) await decide(incident, "hospital", { text: answer.reason }, button, "hospital_toast");
}

async function startRemote(incident, button) {
  const who = await askReason({ title: t("remote_title"), note: t("remote_note"), field: t("remote_surveyor"), choices: [], ok: t("remote_start") });
  if (!who) return;
  const consent = await askReason({ title: t("remote_consent_title"), field: t("remote_consent"), choices: t("why_consent").split("|"), ok: t("remote_agreed"), other: t("remote_not_agreed") });
  if (!consent) return;
  const agreed = consent.other ? "" : consent.reason; // what was typed is consent only where the button says so
  await decide(incident, "remote/start", { surveyor: who.reason, consent: agreed }, button, "remote_started_toast");
}

async function failRemote(incident, button) {
  const answer = await askReason({ title: t("remote_failed_title"), choices: t("why_remote_failed").split("|"), ok: t("confirm") });
  if (answer) await decide(incident, "remote/end", { completed: false, note: answer.reason }, button, "remote_ended_toast");
}

const action = (word, key, act) =>
  h("button", { type: "button", class: "button quiet small", data: { key, testid: key }, on: { click: (event) => act(event.currentTarget) } }, t(word));

function needRow(incident, need) {
  const open = need.status === "open" && incident.status !== "closed";
  return h("li", { class: "row", data: { testid: "need", role: need.role, status: need.status } },
    h("span", { class: "grow" }, needLabel(need), need.reason ? h("span", { class: "fine muted" }, ` · ${need.reason}`) : null),
    h("span", { class: `chip ${open ? "warn" : ""}` }, label("need_status", need.status, need.status_label)),
    open ? action("waive", `waive-${need.role}`, (node) => waive(incident, need, node)) : null);
}

function remoteRow(incident, remote) {
  const running = !remote.ended_at;
  return h("p", { class: "row", data: { testid: "remote" } },
    h("span", { class: "grow" }, t(running ? "remote_runs" : remote.completed ? "remote_done" : "remote_failed", { who: remote.surveyor, time: minute(remote.started_at) }),
      h("span", { class: "fine muted" }, ` · ${remote.consent ? t("remote_with_consent", { consent: remote.consent }) : t("remote_without_consent")}`)),
    running ? action("remote_complete", "remote-complete", (node) => decide(incident, "remote/end", { completed: true }, node, "remote_ended_toast")) : null,
    running ? action("remote_give_up", "remote-give-up", (node) => failRemote(incident, node)) : null);
}

function actions(incident) {
  if (incident.status === "closed" || (incident.partner && !incident.location)) return []; // a partner keeps to its own plan
  const { needs, remote_allowed: allowed, remote } = incident.response;
  const open = (role) => needs.some((one) => one.role === role && one.status === "open");
  return [
    action("tier_change", "tier-change", (node) => changeTiers(incident, node)),
    needs.some((one) => one.role === "specialist") ? action("hospital_name", "hospital-name", (node) => nameHospital(incident, node)) : null,
    allowed && open("surveyor") && !(remote && !remote.ended_at) ? action("remote_offer", "remote-offer", (node) => startRemote(incident, node)) : null,
  ];
}

/** The card of the response. */
export function responseCard(incident) {
  const plan = incident.response;
  return [
    h("div", { class: "section-head" }, h("h3", {}, t("response")), h("div", { class: "row" }, actions(incident))),
    h("p", { class: "fine muted", data: { testid: "tier-because" } }, plan.tiers_changed
      ? `${plan.tiers.map((one) => label("tier", one)).join("、")} · ${t("tier_changed", { reason: plan.tiers_changed })}`
      : plan.findings.map((one) => about(label("tier", one.tier, one.tier_label), one.because)).join(";")),
    h("ul", { class: "needs" }, plan.needs.map((need) => needRow(incident, need))),
    h("p", { class: "fine", data: { testid: "plan-sentence" } }, language() === "en" ? plan.sentence_in_english : plan.sentence),
    plan.hospital_question ? h("p", { class: "notice warn", data: { testid: "hospital-question" } }, plan.hospital_question) : null,
    plan.hospital ? h("p", { class: "fine" }, t("hospital_at", { name: plan.hospital })) : null,
    plan.remote ? remoteRow(incident, plan.remote) : null,
  ];
}
