// Marks drawn by hand on a canvas, so that no sprite has to be fetched.

import { toneColour } from "./colours.js";

const SCALE = 2;

function draw(width, height, paint) {
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(SCALE, SCALE);
  paint(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function pointer(pen) {
  pen.beginPath();
  pen.moveTo(14, 0.8);
  pen.lineTo(19.4, 8.4);
  pen.lineTo(8.6, 8.4);
  pen.closePath();
}

/** A unit: round for a surveyor, square for a tow unit, a diamond for a specialist, with a pointer where the heading is known. */
function unitIcon(c, role, tone, headed) {
  return draw(28, 28, (pen) => {
    pen.lineJoin = "round";
    pen.lineWidth = 2;
    pen.fillStyle = toneColour(c, tone);
    pen.strokeStyle = c.edge;
    if (headed) { pointer(pen); pen.stroke(); pen.fill(); }
    pen.beginPath();
    if (role === "tow_unit") pen.roundRect(7.5, 7.5, 13, 13, 2.5);
    else if (role === "specialist") { pen.moveTo(14, 6); pen.lineTo(22, 14); pen.lineTo(14, 22); pen.lineTo(6, 14); pen.closePath(); }
    else pen.arc(14, 14, 7, 0, 7);
    pen.stroke();
    pen.fill();
    if (tone === "idle" || tone === "off" || tone === "old") return;
    pen.beginPath();
    pen.arc(14, 14, 2.6, 0, 7);
    pen.fillStyle = c.edge;
    pen.fill();
  });
}

function drop(pen) {
  pen.beginPath();
  pen.moveTo(16, 37);
  pen.bezierCurveTo(12, 29, 4, 24, 4, 15);
  pen.arc(16, 15, 12, Math.PI, 0);
  pen.bezierCurveTo(28, 24, 20, 29, 16, 37);
  pen.closePath();
}

/** An accident: a drop in the colour of its status; "伤" inside when somebody is hurt. */
function incidentIcon(c, tone, sign) {
  return draw(32, 40, (pen) => {
    drop(pen);
    pen.fillStyle = toneColour(c, tone);
    pen.strokeStyle = c.edge;
    pen.lineWidth = 2;
    pen.fill();
    pen.stroke();
    pen.fillStyle = c.edge;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = '700 14px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif';
    if (sign) pen.fillText(sign, 16, 15.5);
    else { pen.beginPath(); pen.arc(16, 15, 4.2, 0, 7); pen.fill(); }
  });
}

function shopIcon(c, designated) {
  return draw(18, 18, (pen) => {
    pen.translate(9, 9);
    pen.rotate(Math.PI / 4);
    pen.beginPath();
    pen.rect(-4.5, -4.5, 9, 9);
    pen.lineWidth = 2;
    pen.strokeStyle = c.shop;
    pen.fillStyle = designated ? c.shop : c.edge;
    pen.fill();
    pen.stroke();
  });
}

/** Points north, with its tip in the middle: at the end of an arrow. */
function arrowHead(c) {
  return draw(22, 22, (pen) => {
    pen.beginPath();
    pen.moveTo(11, 11);
    pen.lineTo(16, 21);
    pen.lineTo(6, 21);
    pen.closePath();
    pen.fillStyle = c.ok;
    pen.fill();
  });
}

function* everyIcon(c) {
  for (const role of ["surveyor", "tow_unit", "specialist"]) {
    for (const tone of ["idle", "going", "scene", "old", "off"]) {
      yield [`unit-${role}-${tone}`, unitIcon(c, role, tone, false)];
      yield [`unit-${role}-${tone}-headed`, unitIcon(c, role, tone, true)];
    }
  }
  for (const tone of ["waiting", "offered", "going", "scene"]) {
    yield [`incident-${tone}-standard`, incidentIcon(c, tone, "")];
    yield [`incident-${tone}-injury`, incidentIcon(c, tone, "伤")];
  }
  yield ["shop-designated", shopIcon(c, true)];
  yield ["shop-other", shopIcon(c, false)];
  yield ["arrow-head", arrowHead(c)];
}

/** Put every mark into the map, replacing those of another theme. */
export function putIcons(map, c) {
  for (const [name, image] of everyIcon(c)) {
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: SCALE });
  }
}
