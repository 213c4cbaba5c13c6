// A new offer is heard and felt: tones made here (no file), vibration, the page's title. The screen stays on while driving.

const EVERY_MS = 2400;
const TONES = [[880, 0, 0.18], [1175, 0.22, 0.18], [1568, 0.44, 0.3]]; // Hz, start and length in seconds
const SHAKE = [300, 150, 300];

let sound = null;
let ringing = 0;

/** Whether the browser still waits for a touch before it lets the page be heard. */
export const isLocked = () => Boolean(window.AudioContext) && sound?.state !== "running";

/** Let the page be heard; only works in answer to a touch or a key. Sounds once, so that one knows it. */
export async function unlock({ quietly = false } = {}) {
  if (!window.AudioContext) return;
  sound ??= new AudioContext();
  await sound.resume();
  if (!quietly) tone([880, 0, 0.12]);
}

function tone([hertz, after_s, length_s]) {
  const begin = sound.currentTime + after_s;
  const volume = sound.createGain();
  const pitch = sound.createOscillator();
  pitch.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, begin);
  volume.gain.exponentialRampToValueAtTime(0.4, begin + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, begin + length_s);
  pitch.connect(volume).connect(sound.destination);
  pitch.start(begin);
  pitch.stop(begin + length_s);
}

function ring() {
  if (sound?.state === "running") TONES.forEach(tone);
  // Browsers ignore it, and complain, before the first touch.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(SHAKE);
}

/** Ring, or be still; ringing goes on until it is told to stop. */
export function soundAlarm(on) {
  if (on === Boolean(ringing)) return;
  clearInterval(ringing);
  ringing = 0;
  if (!on) { navigator.userActivation?.hasBeenActive && navigator.vibrate?.(0); return; }
  ring();
  ringing = setInterval(ring, EVERY_MS);
}

let lock = null;
let wanted = false;

/** Keep the screen on, where the phone lets a page do so. */
export async function stayAwake(on) {
  wanted = on;
  if (!on) { const held = lock; lock = null; await held?.release().catch(() => {}); return; }
  if (lock || document.hidden || !navigator.wakeLock) return;
  try {
    const held = await navigator.wakeLock.request("screen");
    if (!wanted) { await held.release(); return; }
    lock = held;
    held.addEventListener("release", () => { if (lock === held) lock = null; });
  } catch { /* a low battery refuses it */ }
}

document.addEventListener("visibilitychange", () => { if (!document.hidden && wanted) stayAwake(true); });
