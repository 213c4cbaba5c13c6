// What changes many times a second is answered a few times a second.

/** A function that has `work` done `gap_ms` after it is called; calls until then are answered by the same. */
export function soon(work, gap_ms) {
  let timer = 0;
  return () => { timer ||= setTimeout(() => { timer = 0; work(); }, gap_ms); };
}
