// Being told of offers while the page is closed: asked for by a button, shown as it is, and ended at sign-out.

import { get, post } from "./api.js";
import { attempt, h, setText, toast } from "./dom.js";
import { addWords, onLanguage, t } from "./i18n.js";

const PATIENCE_MS = 5000;

addWords({
  push_open: ["打开推送提醒", "Turn on push alerts"],
  push_close: ["关闭推送提醒", "Turn off push alerts"],
  push_on: ["推送提醒已打开:关闭页面也能收到派单。", "Push alerts are on: offers reach you with the page closed."],
  push_off: ["推送提醒未打开:关闭页面后收不到派单。", "Push alerts are off: no offers once the page is closed."],
  push_denied: ["通知已被禁止:请在手机设置中允许本站通知。", "Notifications are blocked: allow them for this site in the settings."],
  push_missing: ["此浏览器不支持推送:请保持页面打开。", "This browser has no push: keep the page open."],
  push_install: ["请先把本页添加到主屏幕,再打开推送提醒。", "Add this page to the home screen first, then turn on push alerts."],
  push_failed: ["此手机连不上推送服务:请保持页面打开。", "This phone cannot reach a push service: keep the page open."],
  push_unavailable: ["服务未开通推送:请保持页面打开。", "Push is not switched on at the service: keep the page open."],
});

const onAnIphone = () => /iPhone|iPad/.test(navigator.userAgent);
const supported = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** The bytes of base64url, as `subscribe` wants the key. */
function bytes(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

const same = (a, b) => a && b && a.length === b.length && a.every((byte, n) => byte === b[n]);

/** The service worker once it runs, null where none does within some seconds. */
const running = () => Promise.race([navigator.serviceWorker.ready, new Promise((answer) => setTimeout(answer, PATIENCE_MS, null))]);

/** The browser's subscription, null without one or without a service worker. */
async function current() {
  if (!supported()) return null;
  const worker = await navigator.serviceWorker.getRegistration();
  return (await worker?.pushManager.getSubscription()) ?? null;
}

/** End what this browser hears of: for signing out, so that the next person's phone is not told. Never throws. */
export async function forgetPush() {
  try {
    const known = await current();
    if (!known) return;
    await post("/v1/push/unsubscribe", { endpoint: known.endpoint }, { stay: true }).catch(() => {});
    await known.unsubscribe();
  } catch {
    // signing out must not fail for this: the service drops a browser that is gone
  }
}

/** Subscribe, or tell the service again of what is subscribed; false where the maker's push service is out of reach. */
async function subscribe(key) {
  const worker = await navigator.serviceWorker.ready;
  const wanted = bytes(key);
  const known = await worker.pushManager.getSubscription();
  if (known && !same(new Uint8Array(known.options.applicationServerKey ?? []), wanted)) await known.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted }).catch(() => null);
  if (!made) { toast(t("push_failed"), "error"); return false; } // no service of the maker to speak to
  await post("/v1/push/subscribe", made.toJSON());
  return true;
}

/**
 * Fill a section with the state of push alerts and the one button for it.
 *
 * @param {HTMLElement} section
 * @returns {Promise<void>} when it shows the state
 */
export async function showPush(section) {
  const words = h("p", { role: "status", data: { testid: "push-text" } });
  const button = h("button", { type: "button", class: "button", data: { testid: "push-button" }, on: { click: (event) => attempt(press, event.currentTarget) } });
  let state = "missing";
  let key = "";

  function draw() {
    section.dataset.state = state;
    setText(words, t(`push_${state}`));
    setText(button, t(state === "on" ? "push_close" : "push_open"));
    button.hidden = !["on", "off"].includes(state);
  }

  async function look() {
    if (!supported()) { state = onAnIphone() ? "install" : "missing"; return; }
    if (!(await running())) {
      state = "missing";
      navigator.serviceWorker.ready.then(look).then(draw, () => {}); // a slow phone: one comes after all
      return;
    }
    const service = await get("/v1/push");
    key = service.key;
    if (!service.available) state = "unavailable";
    else if (Notification.permission === "denied") state = "denied";
    else if (!(await current())) state = "off";
    else state = (await subscribe(key)) ? "on" : "off"; // told anew: the service may have lost it, or have another key
  }

  async function press() {
    if (state === "on") await forgetPush();
    else if ((await Notification.requestPermission()) === "granted" && await subscribe(key)) { state = "on"; draw(); return; }
    await look();
    draw();
  }

  section.replaceChildren(words, button);
  onLanguage(draw);
  await look();
  draw();
  section.hidden = false;
}
