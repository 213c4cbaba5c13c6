// One photograph, large, with what is known of it; arrow keys walk through the others.

import { h } from "../dom.js";
import { clock, dateTime, metres } from "../format.js";
import { t } from "../i18n.js";

/** Marks what was sent later, and what a wrong clock dates; null where neither is. */
export function timeChip(one) {
  if (!one.sent_later && !one.clock_doubt) return null;
  const word = one.clock_doubt ? "sc_clock" : "sc_late";
  return h("span", { class: "chip warn", title: t(`${word}_hint`), data: { testid: word } }, t(word));
}

const size = (photo) => `${photo.width_px} × ${photo.height_px} · ${(photo.size_bytes / 1e6).toFixed(photo.size_bytes < 1e6 ? 2 : 1)} MB`;

function placeOf(photo) {
  if (photo.lon === null) return t("sc_no_position");
  const parts = [photo.from_scene_m === null ? "" : t("sc_from_scene", { m: metres(photo.from_scene_m) }),
    photo.accuracy_m === null ? "" : t("sc_accuracy", { m: metres(photo.accuracy_m) }), `${photo.lon.toFixed(5)}, ${photo.lat.toFixed(5)}`];
  return parts.filter(Boolean).join(" · ");
}

function facts(photo) {
  const rows = [
    [t("sc_taken_at"), dateTime(photo.captured_at).slice(0, 11) + clock(photo.captured_at)],
    [t("sc_received_at"), [dateTime(photo.received_at).slice(0, 11) + clock(photo.received_at), " ", timeChip(photo)]],
    [t("sc_taken_by"), `${t(`ph_by_${photo.source}`)} · ${photo.received_by}`],
    [t("sc_place"), placeOf(photo)],
    [t("sc_size"), size(photo)],
    [t("sc_sha256"), h("code", { class: "sc-hash", data: { testid: "photo-hash" } }, photo.sha256)],
  ];
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** Show the photograph `at` of several. */
export function showPhoto(photos, at) {
  let i = at;
  const title = h("h2", { id: "photo-title", class: "grow", "aria-live": "polite" });
  const picture = h("div", { class: "sc-large" });
  const told = h("div", {});
  const step = (by) => { i = (i + by + photos.length) % photos.length; show(); };
  const walk = (word, sign, by) => h("button", { type: "button", class: "button", "aria-label": t(word), disabled: photos.length < 2, on: { click: () => step(by) } }, sign);

  function show() {
    const photo = photos[i];
    title.textContent = `${t("sc_photo_title", { i: i + 1, n: photos.length })} · ${t(`ph_${photo.kind}`)}`;
    const image = h("img", { src: photo.url, alt: `${t(`ph_${photo.kind}`)} ${dateTime(photo.captured_at)}`, width: photo.width_px, height: photo.height_px });
    image.addEventListener("error", () => picture.replaceChildren(h("p", { class: "notice danger" }, t("sc_photo_failed"))));
    picture.replaceChildren(image);
    told.replaceChildren(facts(photo), h("a", { class: "button", href: photo.url, target: "_blank", rel: "noreferrer" }, t("sc_original")));
  }

  const dialog = h("dialog", { class: "photo-dialog", "aria-labelledby": "photo-title", data: { testid: "photo-dialog" } },
    h("header", { class: "row" }, title, walk("sc_prev", "‹", -1), walk("sc_next", "›", 1),
      h("button", { type: "button", class: "button quiet", "aria-label": t("close"), on: { click: () => dialog.close() } }, "✕")),
    h("div", { class: "photo-body" }, picture, told));
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the desk's own keys rest meanwhile
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  show();
  document.body.append(dialog);
  dialog.showModal();
}
