// The sound button in the header and its settings: mute, volume, a try of each sound.

import { byId, h, setText } from "../dom.js";
import { about, onLanguage, t } from "../i18n.js";
import { show } from "./dialogs.js";
import { KINDS, locked, onSound, ring, setSound, sound, unlock } from "./sound.js";

const stateOf = () => (sound.muted ? "muted" : locked() ? "locked" : "on");

function draw() {
  const button = byId("sound");
  button.dataset.state = stateOf();
  setText(button, t(`sound_${stateOf()}`));
  button.title = t(`sound_${stateOf()}_hint`);
  button.setAttribute("aria-label", about(t("sound_title"), t(`sound_${stateOf()}`)));
}

const tryOut = (kind) => h("button", { type: "button", class: "button", data: { testid: `try-${kind}` }, on: { click: async () => { await unlock(); ring(kind); } } }, t(`sound_try_${kind}`));

/** Show the settings; each takes effect at once and is remembered. */
export function askSound() {
  const mute = h("input", { type: "checkbox", checked: sound.muted, data: { testid: "mute" }, on: { change: (event) => setSound({ muted: event.target.checked }) } });
  const volume = h("input", {
    id: "volume", type: "range", min: 0, max: 100, step: 5, value: String(Math.round(sound.volume * 100)), data: { testid: "volume" },
    on: { input: (event) => setSound({ volume: Number(event.target.value) / 100 }) },
  });
  return show(h("dialog", { "aria-labelledby": "sound-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "sound-title" }, t("sound_title")),
      h("p", { class: "muted" }, t("sound_note")),
      h("label", { class: "row check" }, mute, t("sound_mute")),
      h("div", { class: "field" }, h("label", { for: "volume" }, t("sound_volume")), volume),
      h("div", { class: "row wrap", role: "group", "aria-label": t("sound_try") }, KINDS.map(tryOut)),
      h("div", { class: "actions" }, h("button", { class: "button primary", value: "ok" }, t("close"))))));
}

/** Wire the button. */
export function startSoundSettings() {
  byId("sound").addEventListener("click", async () => { await unlock().catch(() => {}); askSound(); });
  onSound(draw);
  onLanguage(draw);
  draw();
}
