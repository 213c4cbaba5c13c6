// The parts of the header that every desk page has: language, theme, sign out, badges.

import { signOut } from "./api.js";
import { attempt, byId, setText } from "./dom.js";
import { applyWords, t, toggleLanguage } from "./i18n.js";
import { askPassword } from "./password.js";
import { toggleTheme } from "./theme.js";

/**
 * Wire `#language`, `#theme`, `#password` and `#sign-out` where the page has them, and fill in the words.
 *
 * @param {{beforeSignOut?: () => Promise<boolean>}} [options] `beforeSignOut` may say no
 */
export function startShell({ beforeSignOut = async () => true } = {}) {
  applyWords();
  byId("language")?.addEventListener("click", toggleLanguage);
  byId("theme")?.addEventListener("click", toggleTheme);
  byId("password")?.addEventListener("click", askPassword);
  byId("sign-out")?.addEventListener("click", (event) => attempt(async () => {
    if (await beforeSignOut()) await signOut();
  }, event.currentTarget));
}

/** Offer to change the password to whoever has one here. @param {{by_password: boolean}} session */
export function offerPassword(session) {
  byId("password").hidden = !session.by_password;
}

/** Show the state of the link in `#live-badge`. @param {"waiting"|"live"|"lost"} state */
export function showLink(state) {
  const badge = byId("live-badge");
  badge.className = `badge live ${state}`;
  badge.dataset.state = state;
  setText(badge, t({ live: "live", lost: "live_lost", waiting: "live_waiting" }[state]));
}

/** Show or hide the badges that say what kind of data this is. */
export function showProvenance({ simulated, schematic }) {
  byId("sim-badge").hidden = !simulated;
  byId("schematic-badge").hidden = !schematic;
}
