// The job as it will be: what the service last said, with the steps on it that wait to be sent.

const STEPS = {
  accept: ["offered", "accepted", "accepted_at"],
  decline: ["offered", "declined", null],
  depart: ["accepted", "en_route", "departed_at"],
  arrive: ["en_route", "on_scene", "claimed_at"],
  deliver: ["on_scene", "cleared", "cleared_at"],
  clear: ["on_scene", "cleared", "cleared_at"],
};
const OPEN = ["offered", "accepted", "en_route", "on_scene"];

/** My open assignment in an incident, or undefined. */
export const mine = (incident, unitId) => incident?.assignments.find((one) => one.unit_id === unitId && OPEN.includes(one.status));

/** Whether an entry changes a job. */
const isStep = (entry) => entry.about?.what in STEPS;

/** Entries that will count: those of a chain up to the first that was refused. */
function hopeful(entries) {
  const stuck = new Set();
  return entries.filter((entry) => {
    if (entry.state === "refused") stuck.add(entry.about?.chain);
    return !stuck.has(entry.about?.chain);
  });
}

function stepped(assignment, entry) {
  const [from, to, time] = STEPS[entry.about.what];
  if (assignment.status !== from) return assignment; // the service knows of it already
  return {
    ...assignment, status: to, status_label: undefined, ...(time ? { [time]: entry.captured_at } : {}),
    next_stop: to === "on_scene" ? assignment.onward_stop ?? assignment.next_stop : assignment.next_stop,
    unsent: [...(assignment.unsent ?? []), to],
  };
}

/** The incident with the steps that wait; `unsent` of an assignment names the statuses that nobody but the phone knows of. */
export function projected(incident, entries) {
  const steps = hopeful(entries).filter((entry) => isStep(entry));
  const assignments = incident.assignments.map((one) =>
    steps.filter((entry) => entry.about.job === one.id).reduce(stepped, one));
  return { ...incident, assignments };
}

/** The unit with the duty that waits to be sent. */
export function projectedUnit(unit, entries) {
  const last = hopeful(entries).filter((entry) => entry.about?.what === "duty").at(-1);
  if (!unit || !last) return unit;
  const { kind } = last.body;
  const status = { on: "idle", off: "off_duty", break: "on_break" }[kind];
  return { ...unit, duty: kind, duty_until: null, on_shift: kind !== "off", status, status_label: undefined };
}
