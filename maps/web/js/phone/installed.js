// The page as an app: its worker keeps the page's files for when there is no signal, and brings a new version in.

import { byId } from "../dom.js";

const LOOK_EVERY_MS = 1_800_000;

/** Nothing is lost by loading the page anew: no question open, no form half filled (a part of the page marked data-unsaved). */
const isSafe = () => !document.querySelector("dialog[open], [data-unsaved]");

let fresh = null;
let loading = false;

function takeUp() {
  fresh?.postMessage("take-over");
}

function tell(worker) {
  fresh = worker;
  byId("new-version").hidden = false;
  if (document.hidden && isSafe()) takeUp();
}

function hearOf(registration) {
  if (registration.waiting && navigator.serviceWorker.controller) tell(registration.waiting);
  const hear = (coming) => coming?.addEventListener("statechange", () => {
    if (coming.state === "installed" && navigator.serviceWorker.controller) tell(coming);
  });
  hear(registration.installing); // the browser looks for one by itself, too, and may have found it before we listen
  registration.addEventListener("updatefound", () => hear(registration.installing));
}

/** Install the worker; a browser without one has a page that needs signal to open. */
export async function install() {
  if (!navigator.serviceWorker) return;
  const updating = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!updating && !fresh) return; // the first worker takes a page that is new already
    if (!loading) { loading = true; location.reload(); }
  });
  byId("reload").addEventListener("click", takeUp);
  document.addEventListener("visibilitychange", () => { if (document.hidden && fresh && isSafe()) takeUp(); });
  try {
    const registration = await navigator.serviceWorker.register("/surveyor/worker.js", { scope: "/surveyor", updateViaCache: "none" });
    hearOf(registration);
    const look = () => registration.update().catch(() => { /* no signal: later */ });
    setInterval(look, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  } catch { /* a private window, or no https: the page works, but needs signal to open */ }
}
