// Dark or light, remembered on this machine. boot.js sets it before the first paint.

const watchers = new Set();

/** @returns {"dark"|"light"} */
export const theme = () => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

/** @param {"dark"|"light"} name */
export function setTheme(name) {
  document.documentElement.dataset.theme = name;
  try { localStorage.setItem("gz.theme", name); } catch { /* private windows may keep nothing */ }
  for (const watcher of watchers) watcher(name);
}

export const toggleTheme = () => setTheme(theme() === "dark" ? "light" : "dark");

/** Call `watcher(name)` whenever the theme changes. */
export const onTheme = (watcher) => watchers.add(watcher);
