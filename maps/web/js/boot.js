// Runs before the first paint (a plain script in <head>): the reader's own theme and language.
(() => {
  const kept = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const root = document.documentElement;
  root.dataset.theme = kept("gz.theme") ?? root.dataset.theme ?? "dark";
  root.lang = kept("gz.language") === "en" ? "en" : "zh-CN";
})();
