// Sessions: who is signed in where.

import { get } from "../api.js";
import { h, toast } from "../dom.js";
import { dateTime } from "../format.js";
import { t } from "../i18n.js";
import { submit } from "./form.js";
import { does, table } from "./table.js";

const PATH = "/v1/administration";
let sessions = [];

export async function load() {
  sessions = await get(`${PATH}/sessions`);
}

async function end(one, key, note, path, done) {
  const taken = await submit({ title: `${t(key)}: ${one.account}`, note: t(note), ok: t(key), danger: true, method: "DELETE", path });
  if (taken) toast(t("ad_done"), "ok");
  if (taken) await done();
}

function row(one, me, done) {
  const others = sessions.filter((other) => other.account === one.account).length > 1;
  return {
    key: one.account,
    cells: [
      [one.account, one.account === me ? h("small", {}, t("ad_yourself")) : null],
      t(`ad_device_${one.device ?? "unknown"}`), t(`ad_way_${one.way}`), dateTime(one.begun_at), dateTime(one.seen_at), dateTime(one.until),
    ],
    does: [
      does("ad_end", one.account, () => end(one, "ad_end", "ad_end_note", `${PATH}/sessions/${one.id}`, done)),
      others && does("ad_end_all", one.account, () => end(one, "ad_end_all", "ad_end_all_note", `${PATH}/people/${encodeURIComponent(one.account)}/sessions`, done)),
    ],
  };
}

export const records = (me, done) => table(["ad_who", "ad_device", "ad_way", "ad_since", "ad_seen", "ad_until"], sessions.map((one) => row(one, me, done)), "ad_none_sessions");

export const tools = () => [];
