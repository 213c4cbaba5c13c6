// The phone page's worker. The service puts in front of it the version and the files of the page:
//   const SHELL = { version: "…", page: "/surveyor/shell", files: ["/assets/…", …] };
//
// It keeps the page's own files and nothing else: answers of the service are never kept, so none can be stale. All files of
// a version come and go together, so that no old script meets a new page.

/* global SHELL, self, caches, fetch, clients, importScripts */

importScripts("/assets/js/push_worker.js"); // offers pushed while the page is closed

const NAME = `gz-surveyor-${SHELL.version}`;
const PAGE = "/surveyor";

async function fill() {
  const cache = await caches.open(NAME);
  const answers = await Promise.all([SHELL.page, ...SHELL.files].map((path) => fetch(path, { cache: "no-cache" })));
  if (answers.some((answer) => !answer.ok)) throw new Error("A file of the page is missing: the version before stays.");
  await Promise.all(answers.map((answer, i) => cache.put(i ? SHELL.files[i - 1] : PAGE, answer)));
}

async function sweep() {
  const old = (await caches.keys()).filter((name) => name.startsWith("gz-surveyor-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function fromShell(request, path) {
  const cache = await caches.open(NAME);
  return (await cache.match(path)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(sweep()));
self.addEventListener("message", (event) => { if (event.data === "take-over") self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === PAGE || SHELL.files.includes(pathname)) event.respondWith(fromShell(event.request, pathname));
});
