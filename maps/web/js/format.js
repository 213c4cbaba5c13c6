// How times, distances and shares are written. All times are shown in Guangzhou time.

export const TIME_ZONE = "Asia/Shanghai";

const formatter = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: TIME_ZONE, hourCycle: "h23", ...options });
const CLOCK = formatter({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MINUTE = formatter({ hour: "2-digit", minute: "2-digit" });
const DAY = formatter({ year: "numeric", month: "2-digit", day: "2-digit" });

export const NONE = "—";

/** "08:05:09" in Guangzhou; `at` is an ISO string, a Date or milliseconds. */
export const clock = (at) => (at == null ? NONE : CLOCK.format(new Date(at)));
/** "08:05" in Guangzhou. */
export const minute = (at) => (at == null ? NONE : MINUTE.format(new Date(at)));
/** "2026/11/22" in Guangzhou. */
export const day = (at) => (at == null ? NONE : DAY.format(new Date(at)));
/** "2026/11/22 08:05". */
export const dateTime = (at) => (at == null ? NONE : `${day(at)} ${minute(at)}`);

const two = (number) => String(number).padStart(2, "0");

/** Seconds as "m:ss", or "h:mm:ss" from an hour on; no sign. */
export function duration(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  const whole = Math.floor(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`;
}

/** Time left: "12:34"; once it is over "+01:23". */
export const countdown = (seconds) => (seconds == null ? NONE : seconds < 0 ? `+${duration(seconds)}` : duration(seconds));

/** Whole minutes of a travel time: 0.4 min is written "<1". */
export function minutes(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  return seconds < 60 ? "<1" : String(Math.round(seconds / 60));
}

/** "87%"; a probability is never shown as certain: "<1%" and ">99%". */
export function percent(p) {
  if (p == null || !Number.isFinite(p)) return NONE;
  if (p > 0.99) return ">99%";
  if (p < 0.01) return "<1%";
  return `${Math.round(p * 100)}%`;
}

/** How a probability of keeping the promise is coloured: "ok", "warn" or "danger". */
export const grade = (p) => (p == null ? "" : p >= 0.8 ? "ok" : p >= 0.5 ? "warn" : "danger");

/** An amount of money without its unit: "3,200.5". */
export const money = (amount) => amount.toLocaleString("zh-CN", { maximumFractionDigits: 2 });

/** "350 m", "4.2 km". */
export function metres(value) {
  if (value == null || !Number.isFinite(value)) return NONE;
  return value < 1000 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} km`;
}
