// Links that open a map app on the way to the next stop.
//
// All four are given GCJ-02, the datum of every map published in mainland China; the service converted it. AMap: parameter
// coordinate=gaode is GCJ-02. Baidu: coord_type=gcj02, else it reads BD-09. Tencent takes nothing else. Apple's link has no
// parameter for it and its maps of China are AutoNavi's, so that a WGS-84 point is drawn some 500 m off.

import { h } from "../dom.js";
import { t } from "../i18n.js";

/** @returns {[string, string][]} key of the name, address */
function waysTo({ gcj02_lon, gcj02_lat, name }) {
  const called = encodeURIComponent(name || t("sv_scene"));
  const x = gcj02_lon.toFixed(6);
  const y = gcj02_lat.toFixed(6);
  return [
    ["sv_amap", `https://uri.amap.com/navigation?to=${x},${y},${called}&mode=car&coordinate=gaode&callnative=1&src=gzdispatch`],
    ["sv_baidu", `baidumap://map/direction?destination=latlng:${y},${x}|name:${called}&coord_type=gcj02&mode=driving&src=gzdispatch`],
    ["sv_tencent", `https://apis.map.qq.com/uri/v1/routeplan?type=drive&to=${called}&tocoord=${y},${x}&referer=gzdispatch`],
    ["sv_apple", `https://maps.apple.com/?daddr=${y},${x}&dirflg=d`],
  ];
}

/** The links, with where they lead; null where there is nowhere to go. */
export function waysNode(stop) {
  if (!stop) return null;
  return h("nav", { class: "ways", "aria-label": t("sv_ways", { to: stop.name }), data: { testid: "ways", kind: stop.kind } },
    waysTo(stop).map(([key, href]) => h("a", { class: "button", href, rel: "noreferrer", target: "_blank" }, t(key))));
}
