// Messages that could not be delivered lately: nothing is shown while there are none.

import { address, get } from "./api.js";
import { byId, setText } from "./dom.js";
import { addWords, t } from "./i18n.js";

addWords({ mg_undelivered: ["近 {hours} 小时有 {failed} 条通知未能送达,请在案件页查看。", "{failed} messages could not be delivered in {hours} h: see their incidents."] });

let last = null;

export async function loadUndelivered(hours) {
  last = await get(address("/v1/messages/failed", { hours: Math.min(hours, 720) }));
  showUndelivered();
}

export function showUndelivered() {
  byId("undelivered").hidden = !last?.failed;
  if (last?.failed) setText(byId("undelivered"), t("mg_undelivered", last));
}
