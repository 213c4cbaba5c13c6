// Chinese first, English on request. Words are [中文, English]; pages add their own with addWords().

const words = {
  product: ["广州调度", "Guangzhou Dispatch"],
  console: ["调度台", "Console"],
  surveyor_page: ["查勘员端", "Surveyor"],
  management: ["管理看板", "Manage"],
  promises: ["待办承诺", "Promises"],
  sign_out: ["退出", "Sign out"],
  password: ["密码", "Password"],
  language: ["EN", "中"],
  language_label: ["Switch to English", "切换到中文"],
  theme_label: ["切换深色/浅色", "Switch dark/light"],
  close: ["关闭", "Close"],
  cancel: ["取消", "Cancel"],
  confirm: ["确定", "Confirm"],
  reason: ["原因", "Reason"],
  simulated: ["模拟", "Simulated"],
  simulated_data: ["模拟数据", "Simulated"],
  simulated_hint: ["画面中有模拟产生的案件或作业单元,不是真实事故。", "Some incidents or units shown are produced by a simulation; they are not real."],
  schematic: ["示意路网", "Schematic"],
  schematic_hint: ["道路由公开资料按表绘制,未经实测;距离与时间仅供演示。", "Roads are drawn from public tables, not surveyed; distances and times are for demonstration."],
  live: ["实时", "Live"],
  live_waiting: ["正在连接…", "Connecting…"],
  live_lost: ["连接中断,正在恢复…", "Connection lost, restoring…"],
  unknown: ["未知", "Unknown"],
  straight_line: ["直线估算(无路网)", "Straight-line estimate (no roads)"],
};

/** English for the vocabulary whose Chinese the service sends along as `…_label`. */
const vocabulary = {
  incident_status: {
    unlocated: ["待定位", "Not located"], waiting: ["待派单", "Waiting"], held: ["暂缓", "On hold"], offered: ["已派单", "Offered"],
    accepted: ["已接单", "Accepted"], en_route: ["在途", "En route"], on_scene: ["已到场", "On scene"], closed: ["已结束", "Closed"],
  },
  assignment_status: {
    offered: ["已派单", "Offered"], accepted: ["已接单", "Accepted"], en_route: ["在途", "En route"], on_scene: ["已到场", "On scene"],
    cleared: ["已完成", "Cleared"], declined: ["已拒单", "Declined"], released: ["已改派", "Released"],
  },
  unit_status: {
    off_duty: ["下班", "Off duty"], on_break: ["休息中", "On a break"], idle: ["空闲", "Free"], offered: ["待接单", "Offered"], accepted: ["已接单", "Accepted"],
    en_route: ["在途", "En route"], on_scene: ["作业中", "On scene"],
  },
  role: { surveyor: ["查勘员", "Surveyor"], tow_unit: ["施救车", "Tow unit"], specialist: ["人伤专员", "Injury specialist"] },
  tier: {
    minor: ["轻微", "Minor"], standard: ["一般", "Standard"], multi_vehicle: ["多车", "Multi-vehicle"], heavy_loss: ["大额损失", "Heavy loss"],
    expressway: ["高速公路", "Expressway"], injury: ["人伤", "Injury"], green_channel: ["绿色通道", "Green channel"],
  },
  skill: {
    heavy_loss: ["大案查勘", "heavy loss"], new_energy: ["新能源", "new energy"], expressway: ["高速施救资质", "expressway recovery"],
    heavy_tow: ["重型拖吊", "heavy tow"],
  },
  need_status: { open: ["待派", "To be sent"], under_way: ["进行中", "Under way"], served: ["已到位", "Served"], waived: ["已免除", "Waived"] },
  zone: { urban: ["市区", "City"], suburban: ["郊区", "Suburb"], province: ["省内", "Province"] },
  channel: {
    telephone: ["电话", "Telephone"], console: ["调度台", "Console"], app: ["线上", "App"], caller: ["自助报案", "Caller's page"],
    command_line: ["命令行", "Command line"], simulation: ["模拟", "Simulation"],
  },
  match_code: {
    GOOD: ["精确匹配", "Good match"], AMBIGUOUS: ["多处可能", "Ambiguous"], UP_HIERARCHY: ["仅匹配到上级", "Only the wider area"],
  },
  confidence: { HIGH: ["高", "High"], MEDIUM: ["中", "Medium"], LOW: ["低", "Low"] },
  refusal: {
    wrong_role: ["角色不符", "Wrong role"], off_shift: ["不在班次", "Off shift"], no_position: ["无定位", "No position"],
    stale_position: ["定位过期", "Position too old"], imprecise_position: ["定位不准", "Position too vague"],
    busy: ["有未完成任务", "Has an open assignment"], already_tried: ["已拒单或已改派", "Declined or released before"],
    unreachable: ["道路不可达", "No road there"], mocked_position: ["疑似虚拟定位", "Position perhaps mocked"], on_break: ["休息中", "On a break"],
    shift_ending: ["即将下班", "Shift about to end"], lacks_skill: ["资质不符", "Lacks the skill"], backup_not_called: ["后备未启用", "Back-up not called up"],
  },
  risk: {
    unassigned: ["无人接单", "Nobody assigned"], not_departed: ["接单未出发", "Accepted, not set off"], silent: ["途中失联", "Silent on the way"], late: ["可能超时", "May be late"],
    nobody_needed: ["全部免除,待结案", "All waived: to be closed"],
  },
  shop_refusal: {
    closed: ["送达时不营业", "Closed on arrival"], make_not_taken: ["不接该品牌", "Does not take the make"],
    make_unknown: ["只接部分品牌,车辆品牌未知", "Some makes only, make unknown"], full: ["当日已满", "Full that day"],
    unreachable: ["道路不可达", "No road there"], not_designated: ["非定点,定点厂可接", "Not designated while a designated one can"],
  },
  hold_reason: {
    caller_asked: ["报案人要求稍后", "Caller asked for later"], police_first: ["等交警先处理", "Police first"],
    road_closed: ["现场封闭,暂时到不了", "The road there is closed"], details_missing: ["等报案人补充信息", "Waiting for details"],
    other: ["其他", "Other"],
  },
  hold_event: { located: ["地点明确", "the place is known"], called_back: ["报案人回电", "the caller calls back"] },
  hold_end: { due: ["到时", "Its time came"], located: ["地点已明确", "Place known"], called_back: ["报案人已回电", "Caller called back"], called_off: ["调度员恢复", "Dispatcher resumed"] },
  close_code: {
    done: ["处理完毕", "Done"], withdrawn: ["报案人撤销", "Caller withdrew"], false_report: ["误报或虚假报案", "False report"],
    duplicate: ["重复报案", "Duplicate"], mistake: ["误录入", "Entered by mistake"], other: ["其他", "Other"],
    demo_stopped: ["演示停机", "Demonstration stopped"],
  },
  partner_step: { accepted: ["已接受", "Accepted"], on_scene: ["已到场", "On scene"], delivered: ["已送达", "Delivered"] },
  doubt: {
    future: ["晚于接收时间", "after its receipt"], before_last_step: ["早于上一步", "before the step before it"], too_old: ["补传过晚", "sent too late"],
  },
  verdict: { kept: ["守时", "Kept"], missed: ["超时", "Missed"], open: ["未到期", "Open"], excluded: ["不计", "Excluded"] },
  against: {
    plates: ["车牌不同", "different plates"], cars: ["说的车辆数不同", "different numbers of cars"], events: ["说的经过不同", "different events"],
  },
};

const watchers = new Set();

/** @returns {"zh"|"en"} */
export const language = () => (document.documentElement.lang === "en" ? "en" : "zh");

const pick = (pair) => pair[language() === "en" ? 1 : 0];

/** Add a page's own words: `addWords({open: ["待处理", "Open"]})`. */
export const addWords = (more) => Object.assign(words, more);

/** Add a page's own enumerations: `addVocabulary({lack: {place: ["地点", "place"]}})`. */
export const addVocabulary = (more) => Object.assign(vocabulary, more);

/** The words for `key`; `{name}` is filled from `values`. A missing key is a mistake and shows itself. */
export function t(key, values = {}) {
  const text = words[key] ? pick(words[key]) : `⟦${key}⟧`;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Something, and what is said of it, with the colon of the language. */
export const about = (what, said) => (language() === "en" ? `${what}: ${said}` : `${what}:${said}`);

/** The label of an enumeration's value, e.g. `label("tier", "injury")`; unknown values fall back to `sent`. */
export function label(kind, value, sent = value) {
  const pair = vocabulary[kind]?.[value];
  return pair ? pick(pair) : sent ?? t("unknown");
}

/** Fill in `data-t` (text), `data-t-label`, `data-t-title` and `data-t-placeholder` below `root`. */
export function applyWords(root = document) {
  const each = (name, put) => root.querySelectorAll(`[data-t${name}]`).forEach(put);
  each("", (node) => { node.textContent = t(node.dataset.t); });
  each("-label", (node) => node.setAttribute("aria-label", t(node.dataset.tLabel)));
  each("-title", (node) => { node.title = t(node.dataset.tTitle); });
  each("-placeholder", (node) => { node.placeholder = t(node.dataset.tPlaceholder); });
}

/** @param {"zh"|"en"} to */
export function setLanguage(to) {
  document.documentElement.lang = to === "en" ? "en" : "zh-CN";
  try { localStorage.setItem("gz.language", to); } catch { /* private windows may keep nothing */ }
  applyWords();
  for (const watcher of watchers) watcher(to);
}

export const toggleLanguage = () => setLanguage(language() === "en" ? "zh" : "en");

/** Call `watcher(language)` whenever the language changes. */
export const onLanguage = (watcher) => watchers.add(watcher);
