// What callers wait for, of open and closed incidents, on the board.

import { get } from "../api.js";
import { now_ms } from "../clock.js";
import { h } from "../dom.js";
import { minute } from "../format.js";
import { t } from "../i18n.js";
import { refetch } from "./change.js";
import "./follow_up_words.js";
import { changed, on, state } from "./state.js";

const EVERY_MS = 15_000;
const SOON_MS = 400;
const ROWS = 8;

let tasks = [];
let timer = 0;
let seen = "";

async function ask() {
  try {
    tasks = await get("/v1/caller-tasks");
    changed("tasks");
  } catch { /* the badge says when the service is away; asked again soon */ }
}

/** Ask again when an incident comes to wait for us, or waits no more. */
function look() {
  const waiting = [...state.incidents.values()].filter((one) => one.follow_up?.waits).map((one) => `${one.id}:${one.version}`).join();
  if (waiting === seen) return;
  seen = waiting;
  clearTimeout(timer);
  timer = setTimeout(ask, SOON_MS);
}

async function openAny(id, open) {
  if (!state.incidents.has(id)) await refetch(id); // a closed one is not in the picture
  open(id);
}

function row(task, open) {
  const over = task.due_at && Date.parse(task.due_at) < now_ms();
  return h("li", { data: { testid: "caller-task", kind: task.kind } },
    h("button", { type: "button", class: "button quiet small board-row", data: { key: `board-task-${task.kind}-${task.incident_id}` }, on: { click: () => openAny(task.incident_id, open) } },
      h("span", { class: "chip warn" }, t(`fu_task_${task.kind}`)),
      h("span", { class: "grow ellipsis" }, [task.words, task.plate || task.place].filter(Boolean).join(" · ")),
      task.closed ? h("span", { class: "chip" }, t("fu_closed")) : null,
      h("span", { class: `number ${over ? "danger" : ""}` }, task.due_at ? minute(task.due_at) : minute(task.asked_at))));
}

/** The group on the board; null where nobody waits. */
export function callerTasksGroup(open) {
  if (!tasks.length) return null;
  return h("section", { class: "board-group", data: { testid: "caller_tasks" } },
    h("h3", {}, t("fu_board"), h("span", { class: "board-count warn" }, String(tasks.length))),
    h("ul", {}, tasks.slice(0, ROWS).map((task) => row(task, open))),
    tasks.length > ROWS ? h("p", { class: "muted fine" }, t("board_more", { n: tasks.length - ROWS })) : null);
}

/** Start asking. */
export function startCallerTasks() {
  on("incidents", look);
  setInterval(() => { if (!document.hidden) ask(); }, EVERY_MS);
  ask();
}
