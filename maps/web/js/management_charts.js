// Small SVG drawings of shares with their intervals. No library: two shapes do.

export const THIN = 5;
const SVG = "http://www.w3.org/2000/svg";

function s(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const fillClass = (share) => (share.n < THIN ? "fill thin" : "fill");

/** A bar from 0 to 100 % with its interval, 130 × 16 px; the figure stands beside it, so it is hidden from readers. */
export function whisker(share) {
  const x = (p) => 130 * p;
  const parts = [s("rect", { class: "rest", x: 0, y: 4, width: 130, height: 8, rx: 2 })];
  if (share.p !== null) {
    parts.push(
      s("rect", { class: fillClass(share), x: 0, y: 4, width: x(share.p), height: 8, rx: 2 }),
      s("path", { class: "spread", fill: "none", d: `M${x(share.low)} 8H${x(share.high)}M${x(share.low)} 4v8M${x(share.high)} 4v8` }));
  }
  return s("svg", { class: "whisker", viewBox: "0 0 130 16", "aria-hidden": "true" }, ...parts);
}

/**
 * Bars by hour with intervals.
 *
 * @param {[string, object][]} hours 24 pairs of hour and share
 * @param {number} width in px
 * @param {(hour: string, share: object) => string} say words for one bar
 */
export function hourBars(hours, width, say) {
  const [left, top, height, foot] = [38, 8, 170, 40];
  const step = (width - left) / hours.length;
  const y = (p) => top + height * (1 - p);
  const dense = step < 24;
  const grid = [0, 0.5, 1].flatMap((p) => [
    s("path", { class: "grid", d: `M${left} ${y(p)}H${width}` }),
    s("text", { x: left - 6, y: y(p) + 4, "text-anchor": "end" }, `${100 * p}%`),
  ]);
  const bars = hours.map(([hour, share], at) => {
    const middle = left + step * (at + 0.5);
    const bar = Math.max(4, step * 0.62);
    const parts = [s("title", {}, say(hour, share))];
    if (share.p !== null) {
      parts.push(
        s("rect", { class: fillClass(share), x: middle - bar / 2, y: y(share.p), width: bar, height: Math.max(1, height * share.p), rx: 2 }),
        s("path", { class: "spread", d: `M${middle} ${y(share.low)}V${y(share.high)}` }));
    }
    if (!dense || at % 3 === 0) parts.push(s("text", { x: middle, y: top + height + 16, "text-anchor": "middle" }, hour));
    if (!dense) parts.push(s("text", { x: middle, y: top + height + 33, "text-anchor": "middle" }, String(share.n)));
    return s("g", {}, ...parts);
  });
  const named = dense ? [] : [s("text", { x: left - 6, y: top + height + 33, "text-anchor": "end" }, "n")];
  return s("svg", { width, height: top + height + (dense ? 22 : foot), role: "img" }, ...grid, ...bars, ...named);
}
