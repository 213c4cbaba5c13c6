// Words of matching proposals and standby posts: [中文, English].

import { addWords } from "../i18n.js";

addWords({
  prop_board: ["匹配建议", "Matched together"],
  prop_auto: ["自动匹配已开启:待派案件由系统匹配并派单。", "Matching runs by itself: the desk offers waiting incidents as they are matched."],
  prop_offer: ["派单", "Offer"],
  prop_wait: ["暂不派单", "Wait"],
  prop_exchange: ["换派", "Exchange"],
  prop_send: ["派{unit}", "Send {unit}"],
  prop_do: ["执行换派({n} 件)", "Exchange ({n} incidents)"],
  prop_done: ["已按匹配建议派单:{units}", "Offered as matched: {units}"],
  prop_differs: ["统筹匹配的建议不同:{what}", "Matched with the others: {what}"],
  prop_with: ["同批:{id}({place})由{unit}前往", "Together with {id} ({place}): {unit} goes"],
  prop_twin: ["与 {id} 可能是同一起({p}):请先打开看是否合并", "Perhaps the same as {id} ({p}): open it and see whether to merge first"],
  prop_more: ["另有 {n} 组建议", "{n} more proposals"],
  sb_board: ["待命建议", "Where to wait"],
  sb_cover: ["空闲查勘员预期覆盖全市 {p} 的事故;以下仅供参考。", "Free surveyors are expected to cover {p} of accidents. What follows is advice only."],
  sb_none: ["空闲查勘员的位置已合适,无需移动。", "Free surveyors stand well: nobody need move."],
  sb_unknown: ["没有需求数据,无法给出待命建议。", "Demand is not known, so there is no advice."],
  sb_to: ["{unit} → {area}驻点", "{unit} → post in {area}"],
  sb_gain: ["{n} 分 · 覆盖 +{gain}%", "{n} min · cover +{gain} %"],
});
