// Following one case: a stream that says "changed", and the case asked for anew. Nothing runs while the page is hidden.
// Where a web view lets no stream through, the case is asked for every few seconds instead.

const SILENCE_MS = 3000;
const CHECK_MS = 500;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const LEAST_BETWEEN_MS = 2500; // a unit on the way moves every few seconds; the page need not ask more often
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
  let wanted = false;
  let tries = 0;
  let state = "";
  let retry_ms = 0;

  const tell = (next) => { if (next !== state) { state = next; onState(next); } };
  const hear = () => { heard_ms = performance.now(); };

  async function ask() {
    if (asking) { wanted = true; return; }
    asking = true;
    wanted = false;
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
    mine.addEventListener("changed", mineOnly(() => { wanted = true; }));
    mine.addEventListener("error", () => { if (mine === stream) lose(); });
  }

  function check() {
    if (document.hidden) return;
    const now = performance.now();
    if (now - heard_ms > SILENCE_MS) { tell("lost"); if (opened) lose(); }
    if (!stream && now >= retry_ms) open();
    const due = !opened ? now - asked_ms > POLL_MS : wanted ? now - asked_ms > LEAST_BETWEEN_MS : now - asked_ms > REFRESH_MS;
    if (due) ask();
  }

  function shown() {
    if (document.hidden) { close(); return; }
    tries = 0;
    retry_ms = 0;
    hear(); // a page that comes back gets its three seconds to ask
    wanted = true;
    ask();
  }

  const clock = setInterval(check, CHECK_MS);
  document.addEventListener("visibilitychange", shown);
  window.addEventListener("online", shown);
  window.addEventListener("offline", () => tell("lost"));
  ask();
  return { ask, stop: () => { clearInterval(clock); document.removeEventListener("visibilitychange", shown); close(); } };
}
