// The day's jobs, shown while there is none at hand.

import { h } from "../dom.js";
import { minute } from "../format.js";
import { label, t } from "../i18n.js";

/** Said to be there in time, but no track shows it: counts as missed, but is not called late. */
const unproven = (job) => job.verdict === "missed" && job.claimed_at && Date.parse(job.claimed_at) <= Date.parse(job.due_at);
const GRADE = { kept: "ok", missed: "danger" };

function row(job) {
  const words = [
    job.claimed_at ? t("sv_day_arrived", { at: minute(job.claimed_at) }) : minute(job.offered_at),
    label("assignment_status", job.status, job.status_label), job.ended_reason,
  ].filter(Boolean).join(" · ");
  return h("li", { data: { testid: "day-job", verdict: job.verdict ?? "" } },
    h("div", { class: "grow" }, h("p", { class: "strong" }, job.place || job.incident_id), h("p", { class: "job-meta" }, words)),
    job.sent_later ? h("span", { class: "badge" }, t("sv_later")) : null,
    job.verdict && job.verdict !== "excluded" ? h("span", { class: `verdict ${GRADE[job.verdict] ?? ""}` }, unproven(job) ? t("sv_unproven") : label("verdict", job.verdict, job.verdict_label)) : null);
}

/** Draw the list. @param {object[]} jobs newest first, as the service gives them */
export function dayList(jobs) {
  const count = (verdict) => jobs.filter((job) => job.verdict === verdict).length;
  return h("section", { class: "day", data: { testid: "day" } },
    h("h2", {}, t("sv_day_title")),
    jobs.length
      ? [h("p", { class: "job-meta" }, t("sv_day_sum", { n: jobs.length, kept: count("kept"), missed: count("missed") })), h("ol", {}, jobs.map(row))]
      : h("p", { class: "job-meta" }, t("sv_day_none")));
}
