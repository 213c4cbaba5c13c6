// The administrator's page: one section at a time, each loaded when it is looked at.

import { get } from "../api.js";
import { attempt, byId, refill, setText } from "../dom.js";
import { onLanguage, t } from "../i18n.js";
import { offerPassword, startShell } from "../shell.js";
import * as acts from "./acts.js";
import * as devices from "./devices.js";
import * as organisations from "./organisations.js";
import * as people from "./people.js";
import * as readings from "./readings.js";
import * as sessions from "./sessions.js";
import "./words.js";

const SECTIONS = { people, sessions, organisations, devices, readings, acts };
const chosen = () => document.querySelector("#sections input:checked").value;
let me = "";

function showRecords() {
  refill(byId("records"), [SECTIONS[chosen()].records(me, load)]);
}

function show() {
  const name = chosen();
  setText(byId("who"), me);
  setText(byId("section-title"), t(`ad_${name}`));
  setText(byId("note"), t(`ad_${name}_note`));
  refill(byId("tools"), SECTIONS[name].tools(load, showRecords));
  showRecords();
}

async function load(button) {
  const name = chosen();
  await attempt(async () => {
    await SECTIONS[name].load();
    if (name === chosen()) show(); // another may have been chosen meanwhile
  }, button instanceof HTMLElement ? button : undefined);
}

function choose() {
  history.replaceState(null, "", `#${chosen()}`);
  refill(byId("records"), []);
  load();
}

function restore() {
  const wished = document.querySelector(`#sections input[value="${CSS.escape(location.hash.slice(1))}"]`);
  if (wished) wished.checked = true;
}

startShell();
restore();
onLanguage(show);
byId("sections").addEventListener("change", choose);
byId("refresh").addEventListener("click", (event) => load(event.currentTarget));
addEventListener("hashchange", () => { restore(); load(); });
attempt(async () => {
  const session = await get("/v1/session");
  offerPassword(session);
  me = session.username;
  await load();
});
