// What administrators did.

import { get } from "../api.js";
import { clock, day } from "../format.js";
import { t } from "../i18n.js";
import { table } from "./table.js";

const ROLES = ["dispatcher", "surveyor", "manager", "auditor", "partner", "administrator"];
const KINDS = ["client", "shop", "tow"];
let acts = [];

export async function load() {
  acts = await get("/v1/administration/acts");
}

/** "auditor · house → manager · house" with roles and kinds in the reader's language. */
const told = (words) => words.split(/( · | → )/u)
  .map((part) => (ROLES.includes(part) ? t(`ad_role_${part}`) : KINDS.includes(part) ? t(`ad_kind_${part}`) : part === "house" ? t("ad_kind_insurer") : part)).join("");

const row = (one) => ({
  key: one.about,
  cells: [`${day(one.at)} ${clock(one.at)}`, one.by === "command line" ? t("ad_command_line") : one.by, t(`ad_act_${one.act}`), one.about, told(one.words)],
});

export const records = () => table(["ad_at", "ad_who", "ad_what", "ad_subject", "ad_details"], acts.map(row), "ad_none_acts");

export const tools = () => [];
