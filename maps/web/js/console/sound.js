// Sounds made by the browser itself, without files: each kind its own figure. What rings is always on the screen too (calls.js).

const KEY = "gz.sound";

/** Figures: [hertz, start in s, length in s]. Danger is quick and high, a notice slow and low. */
const FIGURES = {
  danger: [[880, 0, 0.13], [660, 0.16, 0.13], [880, 0.32, 0.13], [660, 0.48, 0.13]],
  notice: [[523, 0, 0.18], [523, 0.28, 0.18]],
  new: [[587, 0, 0.14], [784, 0.16, 0.22]],
  unanswered: [[440, 0, 0.16], [392, 0.2, 0.16], [349, 0.4, 0.24]],
  decision: [[659, 0, 0.14], [523, 0.18, 0.14], [659, 0.36, 0.2]],
};

export const KINDS = Object.keys(FIGURES);

let context = null;
const watchers = new Set();

/** What this machine was set to: {muted, volume 0 to 1}. */
export const sound = { muted: false, volume: 0.5 };

try {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  sound.muted = kept.muted === true;
  if (kept.volume >= 0 && kept.volume <= 1) sound.volume = kept.volume;
} catch { /* private windows may keep nothing */ }

const tell = () => watchers.forEach((watcher) => watcher());

/** Call `watcher` when sound is switched or unlocked. */
export const onSound = (watcher) => watchers.add(watcher);

/** Whether the browser still waits for somebody to press something before it lets the page ring. */
export const locked = () => context?.state !== "running";

/** Change and remember. */
export function setSound(more) {
  Object.assign(sound, more);
  try { localStorage.setItem(KEY, JSON.stringify(sound)); } catch { /* see above */ }
  tell();
}

/** Begin to be able to ring; only inside a gesture. */
export async function unlock() {
  if (!globalThis.AudioContext) return;
  context ??= new AudioContext();
  if (context.state !== "running") await context.resume();
  tell();
}

function note([hertz, after_s, length_s]) {
  const begins = context.currentTime + 0.02 + after_s;
  const voice = new OscillatorNode(context, { type: "triangle", frequency: hertz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, begins);
  gain.gain.linearRampToValueAtTime(sound.volume, begins + 0.015);
  gain.gain.linearRampToValueAtTime(0, begins + length_s);
  voice.connect(gain).connect(context.destination);
  voice.start(begins);
  voice.stop(begins + length_s);
}

/** Ring; silent while muted or locked. Returns whether it rang. */
export function ring(kind) {
  if (sound.muted || locked()) return false;
  FIGURES[kind].forEach(note);
  return true;
}

/** Unlock at the first gesture. */
export function startSound() {
  const first = () => { unlock().catch(() => { /* no sound device: the screen says all */ }); for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, first, true); };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, first, true);
}
