// Following one case: a stream that says "changed", and the case asked for anew. Nothing runs while the page is hidden.
// Where a web view lets no stream through, the case is asked for every few seconds instead.

const SILENCE_MS = 2500; // with the next check and a slow phone still within the 3 s that are promised
const CHECK_MS = 250;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const CHANGED_MS = 1000; // between two questions when the case changed …
const MOVED_MS = 8000; // … and when somebody on the way moved: positions come every few seconds
const POLL_MS = 2500;
const REFRESH_MS = 20_000; // times of arrival grow old without anything happening

/**
 * Follow a case.
 *
 * @param {string} address of its stream
 * @param {{fetch: () => Promise<void>, onState: (state: "live"|"lost") => void}} ears `fetch` asks for the case and throws where it cannot
 */
export function followCase(address, { fetch, onState }) {
  let stream = null;
  let opened = false;
  let heard_ms = performance.now();
  let asked_ms = -Infinity;
  let asking = false;
  let wanted_ms = REFRESH_MS; // ask again when the last question is so old
  let tries = 0;
  let state = "";
  let retry_ms = 0;

  const tell = (next) => { if (next !== state) { state = next; onState(next); } };
  const hear = () => { heard_ms = performance.now(); };

  const want = (within_ms) => { wanted_ms = Math.min(wanted_ms, within_ms); };

  async function ask() {
    if (asking) { want(CHANGED_MS); return; }
    asking = true;
    wanted_ms = REFRESH_MS;
    asked_ms = performance.now();
    try {
      await fetch();
      hear();
      tell("live");
    } catch { /* silence will tell */ } finally { asking = false; }
  }

  function close() {
    stream?.close();
    stream = null;
    opened = false;
  }

  function lose() {
    close();
    retry_ms = performance.now() + RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
    tries += 1;
  }

  function open() {
    if (typeof EventSource === "undefined") { retry_ms = Infinity; return; }
    const mine = new EventSource(address);
    stream = mine;
    const mineOnly = (work) => () => { if (mine === stream) { hear(); work(); } };
    mine.addEventListener("hello", mineOnly(() => { opened = true; tries = 0; ask(); }));
    mine.addEventListener("heartbeat", mineOnly(() => {}));
    mine.addEventListener("changed", mineOnly(() => want(CHANGED_MS)));
    mine.addEventListener("moved", mineOnly(() => want(MOVED_MS)));
    mine.addEventListener("error", () => { if (mine === stream) lose(); });
  }

  function check() {
    if (document.hidden) return;
    const now = performance.now();
    if (now - heard_ms > SILENCE_MS) { tell("lost"); if (opened) lose(); }
    if (!stream && now >= retry_ms) open();
    if (now - asked_ms > (opened ? wanted_ms : POLL_MS)) ask();
  }

  function shown() {
    if (document.hidden) { close(); return; }
    tries = 0;
    retry_ms = 0;
    hear(); // a page that comes back gets its three seconds to ask
    ask();
  }

  const clock = setInterval(check, CHECK_MS);
  document.addEventListener("visibilitychange", shown);
  window.addEventListener("online", shown);
  window.addEventListener("offline", () => tell("lost"));
  ask();
  return { ask, stop: () => { clearInterval(clock); document.removeEventListener("visibilitychange", shown); close(); } };
}
