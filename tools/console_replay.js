// A stream made in the page's own process, in a thread of its own, in the very form of the service's: for measuring the page
// alone on a machine that has no room for a service, a database and a browser at once.
(() => {
  const work = `
    const TICK_MS = 250, ROUND_MS = 5000, CHANGES = 2;
    let units = [], incidents = [], tick = 0;
    function moves() {
      const share = Math.max(1, Math.round(units.length * TICK_MS / ROUND_MS)), at = new Date().toISOString();
      const first = tick * share % units.length;
      return units.slice(first, first + share).map((unit) => {
        const angle = Date.now() / 60000 + unit.phase;
        return { id: unit.id, lon: unit.lon + 0.006 * Math.cos(angle), lat: unit.lat + 0.006 * Math.sin(angle), accuracy_m: 10,
          heading_deg: ((-angle * 180 / Math.PI) % 360 + 360) % 360, speed_mps: 10, fix_at: at, mocked: false };
      });
    }
    function change(incident) {
      incident.version += 1;
      for (const one of incident.assignments) { one.eta_at = new Date(Date.now() + 1.4e6 * Math.random()).toISOString(); one.p_kept = Math.random(); }
      return { event: "incident", data: JSON.stringify(incident) };
    }
    function step() {
      const changed = Array.from({ length: CHANGES }, (_, n) => incidents[(tick * CHANGES + n) % incidents.length]);
      const bound = changed.flatMap((one) => one.assignments.map((a) => units.find((unit) => unit.id === a.unit_id).whole));
      postMessage([...changed.map(change), { event: "units", data: JSON.stringify(bound) }, { event: "moves", data: JSON.stringify(moves()) }]);
      tick += 1;
    }
    onmessage = ({ data }) => {
      const picture = JSON.parse(data);
      units = picture.units.map((unit, n) => ({ id: unit.id, lon: unit.lon, lat: unit.lat, phase: n % 628 / 100, whole: unit }));
      incidents = picture.incidents;
      setInterval(step, TICK_MS);
    };`;
  const plainFetch = window.fetch.bind(window);
  window.EventSource = class extends EventTarget {
    constructor() {
      super();
      const say = (event, data) => this.dispatchEvent(new MessageEvent(event, { data }));
      const time = () => JSON.stringify({ at: new Date().toISOString() });
      setTimeout(() => say("hello", time()), 0);
      this.beat = setInterval(() => say("heartbeat", time()), 1000); // a stream that is silent while the picture comes would be closed
      this.worker = new Worker(URL.createObjectURL(new Blob([work], { type: "text/javascript" })));
      this.worker.onmessage = ({ data }) => data.forEach((one) => say(one.event, one.data));
      plainFetch("/v1/picture").then((answer) => answer.text()).then((text) => this.worker.postMessage(text));
    }
    close() {
      clearInterval(this.beat);
      this.worker.terminate();
    }
  };
})();
