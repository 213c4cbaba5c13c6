// The only door to the service: JSON in, JSON out, and one kind of error whose message can be shown.

const PATIENCE_MS = 15_000;

/** What went wrong: `message` is the service's own `detail`, `status` is 0 when it could not be reached. */
export class ApiError extends Error {
  constructor(message, { status = 0, kind = "Unreachable" } = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.kind = kind;
  }
}

const UNREACHABLE = {
  zh: "连不上服务,没有得到答复:请检查网络后再试。",
  en: "The service cannot be reached, and has not answered: check the network and try again.",
};

const inEnglish = () => document.documentElement.lang === "en";

const TWO_TONGUES = /^(.+)[(]([^()]*[a-z]{2}[^()\u4e00-\u9fff]*)[)]$/s; // 请先登录。(Sign in first.)

/** The service says a sentence in Chinese, then in English in brackets: on an English page the other way round. */
function inReadersOrder(words) {
  const [, chinese, english] = (inEnglish() && TWO_TONGUES.exec(words)) || [];
  return english ? `${english} (${chinese.trim()})` : words;
}

/** Field errors come as a list; everything else as a sentence. */
function sentence(detail, fallback) {
  if (typeof detail === "string" && detail) return inReadersOrder(detail);
  if (Array.isArray(detail)) {
    return detail.map((one) => `${(one.loc ?? []).slice(1).join(".")}: ${one.msg}`).join("; ");
  }
  return fallback;
}

async function problem(response) {
  const body = await response.json().catch(() => ({}));
  const message = sentence(body.detail, `HTTP ${response.status} ${response.statusText}`);
  return new ApiError(message, { status: response.status, kind: body.kind ?? "Problem" });
}

let leaving = false;

/** Leave for the log-in page, and come back here afterwards; whoever signs out is on the way there already. */
export function goToLogin() {
  if (!leaving) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** JSON, or a file as it is. */
function payload(body, blob) {
  if (blob) return { body: blob, type: { "Content-Type": blob.type || "application/octet-stream" } };
  return body === undefined ? { type: {} } : { body: JSON.stringify(body), type: { "Content-Type": "application/json" } };
}

/** An answer, or the body of one: where it does not come, or breaks off, the service is out of reach. */
async function arrived(coming, signal) {
  try {
    return await coming;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(inEnglish() ? UNREACHABLE.en : UNREACHABLE.zh);
  }
}

function reach(method, path, { body, blob, headers, signal, patience_ms = PATIENCE_MS } = {}) {
  const patience = AbortSignal.timeout(patience_ms);
  const sent = payload(body, blob);
  return arrived(fetch(path, {
    method,
    credentials: "same-origin",
    headers: { Accept: "application/json", ...sent.type, ...headers },
    body: sent.body,
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  }), signal);
}

/**
 * Ask the service.
 *
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, blob?: Blob, headers?: object, signal?: AbortSignal, stay?: boolean, patience_ms?: number}} [options]
 *   `blob` is sent as it is instead of JSON; `stay`: do not leave for the log-in page on 401
 * @returns {Promise<any>} the JSON answer, null when there is none
 * @throws {ApiError} with the service's own words; an AbortError when `signal` was aborted
 */
export async function ask(method, path, options = {}) {
  const response = await reach(method, path, options);
  if (response.status === 401 && !options.stay) goToLogin();
  if (!response.ok) throw await problem(response);
  return response.status === 204 ? null : arrived(response.json(), options.signal);
}

/**
 * A file of the service, and the name it gives it.
 *
 * @param {string} path
 * @param {number} patience_ms
 * @returns {Promise<{blob: Blob, name: string}>}
 * @throws {ApiError} with the service's own words
 */
export async function download(path, patience_ms) {
  const response = await reach("GET", path, { patience_ms });
  if (response.status === 401) goToLogin();
  if (!response.ok) throw await problem(response);
  const [, name = "report"] = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return { blob: await arrived(response.blob()), name: decodeURIComponent(name) };
}

export const get = (path, options) => ask("GET", path, options);
export const post = (path, body, options) => ask("POST", path, { ...options, body });
export const remove = (path, options) => ask("DELETE", path, options);

/** End the session and leave for the log-in page: what is refused meanwhile leads nowhere else. */
export async function signOut() {
  leaving = true;
  try {
    await remove("/v1/session", { stay: true });
  } catch (error) {
    if (error.status !== 401) { leaving = false; throw error; } // 401: it was over already
  }
  location.assign("/login");
}

/** `/v1/geocode?text=…` from a path and its parameters; empty ones are left out. */
export function address(path, parameters) {
  const kept = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(kept).toString();
  return query ? `${path}?${query}` : path;
}
