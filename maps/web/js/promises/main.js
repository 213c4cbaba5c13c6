// The page of promises: what is due, what became of all, and the clients.

import { address, get } from "../api.js";
import { byId, setText, toast } from "../dom.js";
import { dateTime } from "../format.js";
import { onLanguage, t } from "../i18n.js";
import { offerPassword, showProvenance, startShell } from "../shell.js";
import { clientList } from "./clients.js";
import { newClient } from "./forms.js";
import { promiseList, tallyTable } from "./list.js";
import "./words.js";

const AGAIN_MS = 60_000;
const shown = { account: null, clients: [], schematic: false, may: false };
let asked = 0;

const sum = (rows, key) => rows.reduce((all, one) => all + one[key], 0);

function show() {
  const { account, clients, may } = shown;
  if (!account) return;
  const [n, m] = [sum(account.totals, "reported"), sum(account.totals, "simulated")];
  const done = may ? load : null;
  showProvenance({ simulated: m > 0, schematic: shown.schematic });
  byId("provenance").hidden = !m;
  if (m) setText(byId("provenance"), t("pm_simulated", { n, m }));
  setText(byId("as-of"), t("pm_as_of", { at: dateTime(account.judged_at), n: n.toLocaleString("zh-CN"), version: account.policy_version }));
  const unfolded = byId("due-list").querySelector("details")?.open;
  byId("due-list").replaceChildren(promiseList(account.due, account.due_in_all, "pm_none_due", done));
  const later = byId("due-list").querySelector("details");
  if (later) later.open = unfolded ?? false;
  byId("tallies").replaceChildren(tallyTable(account.totals));
  setText(byId("missed-head"), t("pm_missed", { n: account.missed_in_all.toLocaleString("zh-CN") }));
  byId("missed-list").replaceChildren(promiseList(account.missed, account.missed_in_all, "pm_none_missed", null));
  showClients(clients, done);
}

/** What is unfolded stays so when the list is drawn anew. */
function showClients(clients, done) {
  const box = byId("client-list");
  const open = new Set([...box.querySelectorAll("details[open]")].map((one) => one.closest("[data-id]").dataset.id));
  box.replaceChildren(clientList(clients, done));
  for (const one of box.querySelectorAll("[data-id]")) one.querySelector("details").open = open.has(one.dataset.id);
}

async function load() {
  const mine = ++asked;
  const hours = document.querySelector('input[name="hours"]:checked').value;
  try {
    const [account, clients] = await Promise.all([get(address("/v1/promises", { hours, most: 100 })), get("/v1/clients")]);
    if (mine !== asked) return; // a later choice is on its way
    Object.assign(shown, { account, clients });
    byId("trouble").hidden = true;
    show();
  } catch (error) {
    if (mine !== asked) return;
    byId("trouble").hidden = false;
    setText(byId("trouble"), error.message);
    for (const one of document.querySelectorAll(".loading")) one.remove();
  }
}

/** What is due, anew; the account of the period stays as it was asked for last. */
async function look() {
  if (document.hidden || document.querySelector("dialog") || !shown.account) return;
  const mine = asked;
  try {
    const { due, due_in_all, judged_at } = await get(address("/v1/promises", { hours: 24, most: 100, arrivals: false }));
    if (mine !== asked) return;
    Object.assign(shown.account, { due, due_in_all, judged_at });
    show();
  } catch { /* asked again in a minute; a press on the button says what is amiss */ }
}

async function start() {
  startShell();
  byId("periods").addEventListener("change", load);
  byId("refresh").addEventListener("click", load);
  byId("new-client").addEventListener("click", (event) => newClient({ title: t("pm_new_client"), button: event.currentTarget, done: load }));
  onLanguage(show);
  const [meta, who] = await Promise.all([get("/v1/meta"), get("/v1/session")]);
  offerPassword(who);
  shown.schematic = meta.network.schematic;
  shown.may = who.role === "dispatcher";
  byId("new-client").hidden = !shown.may;
  await load();
  setInterval(look, AGAIN_MS);
}

start().catch((error) => toast(error.message, "error"));
