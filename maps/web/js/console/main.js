// The console: open the stream, fetch the picture, start the parts.

import { get } from "../api.js";
import { hearServerTime } from "../clock.js";
import { byId } from "../dom.js";
import { follow } from "../live.js";
import { offerPassword, startShell } from "../shell.js";
import "./words.js";
import "./operator_words.js";
import { startBackground, takeBackground } from "./background.js";
import { startBasemap } from "./basemap.js";
import { startCallerTasks } from "./caller_tasks.js";
import { startCalls } from "./calls.js";
import { startCover } from "./cover.js";
import { recheck, startDetail } from "./detail.js";
import { startDuplicates } from "./duplicates.js";
import { sayLink, startHeader } from "./header.js";
import { startKeys } from "./keys.js";
import { startLegend } from "./legend.js";
import { startHeatLayer } from "./heat.js";
import { startHover } from "./map_hover.js";
import { startIncidents } from "./map_incidents.js";
import { startRoads } from "./map_roads.js";
import { startRoutes } from "./map_routes.js";
import { startUnits } from "./map_units.js";
import { startMap } from "./map_view.js";
import { startOutage } from "./outage.js";
import { pinning, startPin } from "./pin.js";
import { startPresence, takePresence } from "./presence.js";
import { startProposals } from "./proposals.js";
import { startQueue } from "./queue.js";
import { closeReport, reportOpen, startReport } from "./report.js";
import { startSearch } from "./search.js";
import { startSound } from "./sound.js";
import { startSoundSettings } from "./sound_settings.js";
import { startStandby } from "./standby.js";
import { dropClosed, on, select, state, streamOpened, takeIncident, takeMoves, takePicture, takeUnits } from "./state.js";

const DROP_CLOSED_MS = 60_000;
const SILENCE_MS = 2500; // with a beat a second and a look each quarter of one, a lost link is shown within 3 s

function showView(view) {
  if (document.body.dataset.view !== view) document.body.dataset.view = view; // setting it again would wake the observer for ever
  for (const tab of document.querySelectorAll(".tabs [data-view]")) tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
}

/** Show one incident: select it and bring its panel forward. */
function openIncident(id) {
  if (pinning()) return;
  if (reportOpen()) closeReport();
  select(id);
  showView("side");
  if (matchMedia("(max-width: 900px)").matches) byId("detail").focus({ preventScroll: true });
}

async function onOpen(isStill) {
  streamOpened();
  const picture = await get("/v1/picture");
  if (!isStill()) return; // an old one would put units back to where they were
  hearServerTime(picture.as_of);
  takePicture(picture);
  recheck();
}

function startTabs() {
  document.querySelector(".tabs").addEventListener("click", (event) => {
    const tab = event.target.closest("[data-view]");
    if (tab) showView(tab.dataset.view);
  });
  on("selection", () => { if (!state.selectedId && document.body.dataset.view === "side" && !reportOpen()) showView("queue"); });
  new MutationObserver(() => showView(document.body.dataset.view)).observe(document.body, { attributeFilter: ["data-view"] });
}

startShell();
startHeader();
startLegend();
startQueue(openIncident);
startSearch();
startOutage();
startBackground();
startCalls(openIncident);
startSound();
startSoundSettings();
startDetail(openIncident);
startDuplicates(openIncident);
startProposals();
startCallerTasks();
startPresence();
startReport(openIncident);
startPin();
startKeys(openIncident);
startTabs();
startMap();
startUnits();
startIncidents();
startRoutes();
startCover();
startHeatLayer();
startRoads();
startBasemap();
startStandby();
startHover(openIncident);
get("/v1/session").then(offerPassword, () => { /* the banner of the lost link says so; the next page offers it */ });
follow({
  onOpen, onIncident: takeIncident, onUnits: takeUnits, onMoves: takeMoves, onPresence: takePresence, onBackground: takeBackground, onState: sayLink, silence_ms: SILENCE_MS,
});
setInterval(dropClosed, DROP_CLOSED_MS);
