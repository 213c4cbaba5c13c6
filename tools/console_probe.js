// Runs in a console that is measured, before its own scripts: what each update costs, how long frames take, when something useful is seen.
(() => {
  const QUIET_MS = 100; // messages closer together belong to one update of the service
  const probe = { updates: [], frames: [], long: [], paint: {}, messages: 0, bytes: 0 };
  window.probe = probe;
  let spent = 0;
  let began = 0;

  /** Count what `work` takes as part of the update under way. */
  const charged = (work) => function charge(...given) {
    const t = performance.now();
    try { return work.apply(this, given); } finally { spent += performance.now() - t; }
  };

  function message(event) {
    const t = performance.now();
    probe.messages += 1;
    probe.bytes += event.data.length;
    if (t - began < QUIET_MS) return;
    if (began) probe.updates.push(spent);
    spent = 0;
    began = t;
  }

  const listen = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function heard(type, listener, ...rest) {
    const work = charged(listener);
    const counts = ["incident", "units", "moves"].includes(type);
    return listen.call(this, type, (event) => { if (counts) message(event); work(event); }, ...rest);
  };
  for (const name of ["setTimeout", "setInterval"]) {
    const plain = window[name];
    window[name] = (work, ...rest) => plain(typeof work === "function" ? charged(work) : work, ...rest);
  }

  // Frames are counted where the page asks for them; asking for each would make the browser draw when nothing changed.
  let last = 0;
  const plainFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (work) => plainFrame((t) => {
    if (last && t > last) probe.frames.push(t - last);
    last = t;
    work(t);
  });

  function look() {
    if (!probe.paint.queue && document.querySelector("[data-testid=queue-item]")) probe.paint.queue = performance.now();
    if (!probe.paint.map && document.getElementById("map")?.dataset.ready) probe.paint.map = performance.now();
    if (!probe.paint.queue || !probe.paint.map) plainFrame(look);
  }
  plainFrame(look);
  new PerformanceObserver((list) => list.getEntries().forEach((one) => probe.long.push(one.duration))).observe({ entryTypes: ["longtask"] });
})();
