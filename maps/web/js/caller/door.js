// The caller's door to the service. Written for old web views: nothing that came to browsers after 2021.

import { language } from "../i18n.js";

const PATIENCE_MS = 12_000;
const AWAY = ["现在连不上服务。", "The service cannot be reached now."];

/** What went wrong; `status` is 0 when the service could not be reached or did not answer in time. */
export class DoorError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.name = "DoorError";
    this.status = status;
  }

  /** Whether the same may succeed later: nothing is wrong with what was sent. */
  get passes() { return this.status === 0 || this.status >= 500; }
}

async function wordsOf(response) {
  const body = await response.json().catch(() => ({}));
  return typeof body.detail === "string" ? body.detail : `HTTP ${response.status}`;
}

/**
 * Ask the service; the answer is JSON.
 *
 * @param {string} path
 * @param {{method?: string, json?: unknown, body?: Blob, headers?: object, patience_ms?: number}} [how]
 * @throws {DoorError}
 */
export async function knock(path, { method = "GET", json, body, headers = {}, patience_ms = PATIENCE_MS } = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), patience_ms);
  const sent = { Accept: "application/json", ...headers };
  if (json !== undefined) sent["Content-Type"] = "application/json";
  try {
    const response = await fetch(path, {
      method, headers: sent, body: json === undefined ? body : JSON.stringify(json), signal: patience.signal, cache: "no-store",
    });
    if (!response.ok) throw new DoorError(await wordsOf(response), response.status);
    return await response.json();
  } catch (error) {
    if (error instanceof DoorError) throw error;
    throw new DoorError(AWAY[language() === "en" ? 1 : 0]);
  } finally {
    clearTimeout(timer);
  }
}

/** Where a telephone number leads. */
export const telephone = (number) => `tel:${number.replace(/[^0-9+]/g, "")}`;
