// Clients, what was done for them, and forms for more.

import { h } from "../dom.js";
import { dateTime, day } from "../format.js";
import { t } from "../i18n.js";
import * as forms from "./forms.js";

const FIXED = new Set(["ClientTaken", "FactWithdrawn"]); // cannot be taken back
const LAST = 200;

function words(fact) {
  const { means, problem, code, service, reached, number, person, words: said, reason, organisation } = fact.said;
  return [
    organisation, number ? `№ ${number}` : "", means ? t(`pm_m_${means}`) : "", problem ? t(`pm_p_${problem}`) : "", code ? t(`pm_x_${code}`) : "", service ? t(`pm_w_${service}`) : "",
    reached === false ? t("pm_reached_no") : "", person, said, reason,
  ].filter(Boolean).join(" · ");
}

function factRow(client, fact, done) {
  const path = `/v1/clients/${client.id}`;
  const back = done && !fact.withdrawn && !FIXED.has(fact.kind)
    ? h("button", { type: "button", class: "button quiet small", data: { testid: "withdraw" }, on: { click: (event) => forms.withdraw(path, fact.number, { title: t("pm_withdraw"), button: event.currentTarget, done }) } }, t("pm_withdraw")) : null;
  return h("li", { class: fact.withdrawn ? "gone" : "", data: { testid: "client-fact", kind: fact.kind } },
    h("span", { class: "muted number" }, `${fact.number} · ${dateTime(fact.at)}`),
    h("span", { class: "grow said" }, h("strong", {}, t(`pm_k_${fact.kind}`)), ` ${words(fact)}`), h("span", { class: "muted small" }, fact.by), back);
}

function steps(client, done) {
  const path = `/v1/clients/${client.id}`;
  const make = (key, run, kind = "") => h("button", { type: "button", class: `button small ${kind}`, data: { testid: `client-${key}` }, on: { click: (event) => run(path, { title: `${t(key)} · ${client.organisation}`, button: event.currentTarget, done }) } }, t(key));
  return [
    make("pm_do_contact", (where, common) => forms.contact(where, undefined, common)),
    make("pm_do_report", forms.report), make("pm_problem", forms.problem), make("pm_wanted", forms.wanted),
    client.ended_at ? null : make("pm_end", forms.end, "quiet"),
  ];
}

function clientRow(client, done) {
  const state = client.ended_at ? t("pm_ended", { at: day(client.ended_at) }) : t("pm_in_force_since", { at: day(client.in_force_at) });
  const facts = client.entries.slice(-LAST).reverse();
  return h("li", { class: "client", data: { testid: "client", id: client.id } },
    h("div", { class: "row wrap" },
      h("strong", {}, client.organisation), h("span", { class: "muted" }, client.id), client.simulated ? h("span", { class: "badge sim" }, t("simulated")) : null,
      h("span", { class: "muted grow" }, [state, client.contact, client.telephone, client.policy_number].filter(Boolean).join(" · ")), done ? steps(client, done) : null),
    h("details", {}, h("summary", {}, t("pm_facts", { n: client.entries.length })), h("ul", { class: "client-facts" }, facts.map((fact) => factRow(client, fact, done)))));
}

/** All clients. */
export function clientList(clients, done) {
  if (!clients.length) return h("p", { class: "muted" }, t("pm_no_clients"));
  return h("ul", {}, clients.map((client) => clientRow(client, done)));
}
