// Runs before the first paint (a plain script in <head>): the phone's own dark or light, and the language; Chinese first.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia?.("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  let kept = null;
  try { kept = localStorage.getItem("gz.language"); } catch { /* a web view may keep nothing */ }
  const asked = new URLSearchParams(location.search).get("lang") ?? kept;
  root.lang = asked === "en" ? "en" : "zh-CN";
})();
