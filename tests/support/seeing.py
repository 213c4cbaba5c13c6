"""What a page looks like to somebody who sees badly or has thick fingers: contrast of all text, size of all targets."""

from playwright.sync_api import Page

# Contrast after WCAG 2.2: colours laid over one another up to an opaque ground, opacity included. Targets: 44 px both ways;
# a radio button or check box counts with the label around it.
_LOOK = """() => {
    const parse = (text) => {
        const n = text.match(/[\\d.]+/g).map(Number);
        return text.startsWith("color(srgb") ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1];
    };
    const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
    const light = (rgb) => {
        const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (node) => {
        const layers = [];
        for (let at = node; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour[3] > 0) layers.push(colour);
            if (colour[3] === 1) break;
        }
        return layers.reverse().reduce((below, top) => over(top, below), [0, 0, 0]);
    };
    const opacity = (node) => { let all = 1; for (let at = node; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity); return all; };
    const visible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !node.closest(".visually-hidden, .skip-link");
    const inView = (box) => box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    const root = document.querySelector("dialog[open]") ?? document.body;
    const name = (node) => `${node.tagName.toLowerCase()}.${node.className || node.id} "${node.textContent.trim().slice(0, 20)}"`;
    const found = new Set();
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const node = text.parentElement;
        if (!text.data.trim() || !visible(node) || node.closest(":disabled, script, style, .maplibregl-map canvas, option")) continue;
        if (!inView(node.getBoundingClientRect())) continue;
        const style = getComputedStyle(node);
        const below = ground(node);
        const colour = parse(style.color);
        colour[3] *= opacity(node);
        const [a, b] = [light(over(colour, below)), light(below)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) found.add(`contrast ${ratio.toFixed(2)}: ${name(node)}`);
    }
    for (const node of root.querySelectorAll("button, a[href], input, select, textarea, summary")) {
        const target = node.matches("input[type=radio], input[type=checkbox]") ? node.closest("label") ?? node : node;
        const box = target.getBoundingClientRect();
        if (!visible(target) || !inView(box) || node.disabled) continue;
        if (Math.round(box.width) < 44 || Math.round(box.height) < 44) found.add(`target ${Math.round(box.width)}x${Math.round(box.height)}: ${name(target)}`);
        const labelled = node.getAttribute("aria-label") || node.labels?.length || node.textContent.trim() || node.title;
        if (!labelled) found.add(`no label: ${name(node)}`);
    }
    return [...found].sort();
}"""


_CHANGES_ARE_OVER = """() => Promise.allSettled(
    document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))"""


def complaints_of_sight(page: Page) -> list[str]:
    """Texts of too little contrast, targets too small for a finger, controls without a name; of the dialog where one is open."""
    page.evaluate(_CHANGES_ARE_OVER)
    found: list[str] = page.evaluate(_LOOK)
    return found
