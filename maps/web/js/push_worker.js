// What the service worker does with a push: show that there is a job, and open the phone page when it is tapped.
// For `importScripts("/assets/js/push_worker.js")` or a plain `import`: it exports nothing and only listens.

(() => {
  const PAGE = "/surveyor";
  const TAG = "offer"; // a newer offer takes the place of an older notice

  /** The message, or the plain fact when it cannot be read: a push must always show something. */
  function told(data) {
    try {
      const { title, incident } = data.json();
      return { title: String(title), body: incident ? String(incident) : "" };
    } catch {
      return { title: "新任务,请打开查看", body: "" };
    }
  }

  async function show(data) {
    const { title, body } = told(data);
    await self.registration.showNotification(title, {
      body, tag: TAG, renotify: true, requireInteraction: true, lang: "zh-CN", vibrate: [300, 150, 300], icon: "/surveyor/icon-192.png",
    });
  }

  /** Bring an open page to the front, else open one. */
  async function open() {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((one) => new URL(one.url).pathname === PAGE);
    if (page) await page.focus();
    else await self.clients.openWindow(PAGE);
  }

  self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open());
  });
})();
