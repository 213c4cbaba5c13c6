// The survey form tells of injuries and the tier does not: proposed to the dispatcher, who decides.

import { attempt, h, toast } from "../dom.js";
import { label, language, t } from "../i18n.js";
import { change } from "./change.js";
import { askReason } from "./dialogs.js";
import "./scene_words.js";

function decide(incident, tiers, reason, button, done) {
  return attempt(async () => {
    await change(incident.id, `/v1/incidents/${incident.id}/tier`, { tiers, reason });
    toast(t(done), "ok");
  }, button);
}

const raise = (incident, button) =>
  decide(incident, incident.scene.proposed_tiers, t("tp_raise_reason", { n: incident.scene.injured }), button, "tp_done");

async function leave(incident, button) {
  const answer = await askReason({ title: t("tp_keep_title"), choices: t("tp_keep_why").split("|"), ok: t("tp_keep") });
  if (answer) await decide(incident, incident.response.tiers, answer.reason, button, "tp_kept");
}

/** Whether a person has to decide on the tier of an incident. */
export const waitsForTier = (incident) => incident.scene.proposed_tiers.length > 0;

/** The proposal; nothing where there is none. */
export function tierProposal(incident) {
  if (!waitsForTier(incident)) return [];
  const now = incident.response.tiers.map((one) => label("tier", one)).join("、");
  const closed = incident.status === "closed";
  return h("div", { class: "notice danger duplicate", role: "alert", data: { testid: "tier-proposal" } },
    h("p", {}, h("strong", {}, t("tp_title"))),
    h("p", {}, language() === "en" ? t("tp_text", { n: incident.scene.injured, now }) : incident.scene.proposal),
    closed ? h("p", {}, t("tp_closed")) : h("div", { class: "actions" },
      h("button", { type: "button", class: "button", data: { key: "tier-leave", testid: "tier-leave" }, on: { click: (event) => leave(incident, event.currentTarget) } }, t("tp_keep")),
      h("button", { type: "button", class: "button primary", data: { key: "tier-raise", testid: "tier-raise" }, on: { click: (event) => raise(incident, event.currentTarget) } }, t("tp_raise"))));
}
