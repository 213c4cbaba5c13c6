// Signing in, then on to where the reader wanted to go (within this site only).

import { get, post } from "./api.js";
import { byId, setText } from "./dom.js";
import { addWords, onLanguage, t } from "./i18n.js";
import { startShell } from "./shell.js";

addWords({
  login_lead: ["车险事故报案之后:找到地点,派出最快能到的查勘员,说明按时到达的概率,并逐一核对每个承诺。",
    "After a motor accident report: find the place, send the surveyor who gets there first, state the probability of arriving in time, and check every promise."],
  login_one: ["按真实道路时间排序,不按直线距离。", "Ranked by road time, never by the straight line."],
  login_two: ["每个到场时间都带误差范围,每个概率事后都要核对。", "Every arrival carries its spread; every probability is checked afterwards."],
  login_three: ["所有经过只增不改,可以审计。", "What happened is only ever added to, so it can be audited."],
  login_sim: ["演示:案件和作业单元由模拟产生,不是真实事故。", "Demonstration: incidents and units are simulated; no accident here is real."],
  login_hint: ["演示账号和密码在启动服务的终端里显示。", "The terminal that started the service shows the demo user and password."],
  login_roads: ["路网:{title}{schematic} · 版本 {version}", "Roads: {title}{schematic} · version {version}"],
  login_schematic: ["(示意,未经实测)", " (schematic, not surveyed)"],
  login_company: ["用企业账号登录", "Sign in with the company's account"],
  sign_in: ["登录", "Sign in"],
  username: ["用户名", "User name"],
  password: ["密码", "Password"],
});

const HOME = { dispatcher: "/", auditor: "/management", manager: "/management", surveyor: "/surveyor", administrator: "/administration" };

/** The path after ?next=, only when it is one of ours. */
function nextPath() {
  const wish = new URLSearchParams(location.search).get("next");
  if (!wish || !/^\/(?![/\\])/.test(wish)) return null;
  const target = new URL(wish, location.origin);
  return target.origin === location.origin && target.pathname !== "/login" ? target.pathname + target.search : null;
}

let meta = null;

function sayMeta() {
  if (!meta) return;
  byId("meta-sim").hidden = !meta.simulation;
  byId("hint").hidden = !meta.simulation;
  byId("company").hidden = !meta.company_sign_in;
  byId("company").href = `/v1/session/company?next=${encodeURIComponent(nextPath() ?? "/")}`;
  const schematic = meta.network.schematic ? t("login_schematic") : "";
  setText(byId("meta-network"), t("login_roads", { title: meta.network.title, schematic, version: meta.version }));
}

function refuse(message) {
  const box = byId("problem");
  box.hidden = false;
  setText(box, message);
  byId("password").select();
}

async function signIn(event) {
  event.preventDefault();
  const send = byId("send");
  send.disabled = true;
  byId("problem").hidden = true;
  try {
    const session = await post("/v1/session", { username: byId("username").value.trim(), password: byId("password").value }, { stay: true });
    location.assign(nextPath() ?? HOME[session.seat] ?? "/");
  } catch (error) {
    refuse(error.message);
    send.disabled = false;
  }
}

startShell();
byId("login").addEventListener("submit", signIn);
onLanguage(sayMeta);
get("/v1/meta").then((answer) => { meta = answer; sayMeta(); }).catch((error) => refuse(error.message));
