// The words of outages.

import { addVocabulary, addWords } from "../i18n.js";

addWords({
  away: ["数据库暂不可用:报案先存本机队列({n} 件),恢复后自动入库", "The database is away: reports go into this machine's queue ({n}) and enter by themselves when it is back"],
  away_back: ["数据库已恢复:本机队列还有 {n} 件报案正在入库", "The database is back: {n} queued reports are entering"],
  away_set_aside: ["本机队列有 {n} 件报案不能自动入库,请处理", "{n} queued reports cannot enter by themselves: see to them"],
  queued_title: ["本机队列", "Queue of this machine"],
  queued_sent: ["已存本机队列,临时号 {id};数据库恢复后自动入库。暂缺:{lacks}", "Kept in the queue as {id}; it enters by itself. Still lacking: {lacks}"],
  q_waiting: ["待入库", "Waiting"],
  q_set_aside_chip: ["待处理", "Set aside"],
  q_done: ["已入库", "Entered"],
  q_lacks: ["暂缺:{lacks}", "Lacks: {lacks}"],
  q_set_aside: ["不能入库:{why}", "Cannot enter: {why}"],
  q_entered: ["打开案件 {id}", "Open {id}"],
  q_again: ["再试入库", "Try again"],
  q_partner: ["由{partner}救援", "Served by {partner}"],
  e_unchecked_roads: [";轨迹匹配当时不可用,未核对所在道路", "; map matching was away: the road was not checked"],
  e_waited: [";数据库中断期间先存本机队列({id}),等候 {for} 后入库", "; it waited in the local queue ({id}) for {for} while the database was away"],
  geo_not_reached: ["未联系上:{names},仅用其余来源", "Not reached: {names}"],
  bg_silent: ["后台没有应答,已 {time}:报警、预测和通知会晚到;报案和派单照常。请叫管理员", "The background has not answered for {time}: alarms, forecasts and messages will be late; reports and dispatching go on. Call the administrator"],
  bg_never: ["后台没有应答:报警、预测和通知会晚到;报案和派单照常。请叫管理员", "The background does not answer: alarms, forecasts and messages will be late; reports and dispatching go on. Call the administrator"],
  bg_starting: ["后台正在启动:报警、预测和通知稍后就来", "The background is starting: alarms, forecasts and messages come in a moment"],
  bg_catching_up: ["后台正在赶上:{what},最久已等 {time}。不必等,打开案件即有派单建议", "The background is catching up: {what}, the longest for {time}. Do not wait: an incident that you open has its advice"],
  bg_forecasts: ["{n} 起报案的到达预测还没算完", "forecasts of {n} report(s) not made yet"],
  bg_messages: ["{n} 条通知还没发出", "{n} message(s) not sent yet"],
  bg_and: ["、", ", "],
  bg_well: ["后台已恢复:报警、预测和通知照常", "The background is back: alarms, forecasts and messages come as ever"],
  bg_seconds: ["{n} 秒", "{n} s"],
  bg_minutes: ["{n} 分钟", "{n} min"],
  parts_away: ["降级 {n} 项", "{n} degraded"],
  since: ["自 {time}", "since {time}"],
});

addVocabulary({
  lack: {
    number: ["正式案件号", "case number"], place: ["地点", "place"], advice: ["推荐人员与预计到场时间", "advice and ETA"],
    duplicates: ["重复报案提示", "hints at duplicates"], hospital: ["医院位置", "hospital"], online_places: ["在线地点服务的核对", "check by online places"],
    case_page: ["案件进展页", "the case page"],
  },
  part: {
    database: ["数据库", "Database"], network: ["道路网", "Road network"], map_matching: ["轨迹匹配", "Map matching"],
    online_places: ["在线地点服务", "Online places"], push: ["推送", "Push"], mail: ["邮件", "Mail"],
  },
  part_means: {
    network: ["人工模式:距离与时间为直线估算(无路网),不给按时概率;修好路网文件后执行 gzdispatch reload 即恢复", "Manual mode: distances and times are straight-line estimates (no roads), no chances are stated; mend the network file and run gzdispatch reload"],
    map_matching: ["到场仍按定位距离核对,未核对所在道路与行车方向", "Arrivals are checked by distance alone, not by road and direction"],
    online_places: ["只用本地地名库找地点", "Places are found by the local gazetteer alone"],
    push: ["手机页面关着时收不到派单提醒:请电话通知", "Closed phones hear of no offer: telephone"],
    mail: ["封存凭证暂未寄出,恢复后补寄", "Seals wait to be mailed"],
  },
});
