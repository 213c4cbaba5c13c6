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
function unitMark(pen, c, role, tone, headed) {
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
}

function drop(pen) {
  pen.beginPath();
  pen.moveTo(16, 37);
  pen.bezierCurveTo(12, 29, 4, 24, 4, 15);
  pen.arc(16, 15, 12, Math.PI, 0);
  pen.bezierCurveTo(28, 24, 20, 29, 16, 37);
  pen.closePath();
}

function shield(pen) {
  pen.beginPath();
  pen.moveTo(16, 37);
  pen.lineTo(4.5, 26);
  pen.lineTo(4.5, 4);
  pen.lineTo(27.5, 4);
  pen.lineTo(27.5, 26);
  pen.closePath();
}

function hexagon(pen) {
  pen.beginPath();
  for (const [x, y] of [[16, 37], [3, 20], [3, 10], [16, 2], [29, 10], [29, 20]]) pen.lineTo(x, y);
  pen.closePath();
}

/** By tier: outline, sign, and the colour of the sign; the body has the colour of the status. */
export const TIER_MARKS = {
  minor: { outline: drop, sign: "", colour: "old", radius: 3 },
  standard: { outline: drop, sign: "", colour: "text", radius: 5 },
  multi_vehicle: { outline: drop, sign: "多", colour: "text" },
  heavy_loss: { outline: shield, sign: "损", colour: "scene" },
  expressway: { outline: shield, sign: "高", colour: "accent" },
  injury: { outline: hexagon, sign: "伤", colour: "danger" },
  green_channel: { outline: hexagon, sign: "绿", colour: "ok" },
};

function pin(c, tone, { outline, sign, colour, radius }) {
  return draw(32, 40, (pen) => {
    outline(pen);
    pen.fillStyle = toneColour(c, tone);
    pen.strokeStyle = c.edge;
    pen.lineWidth = 2;
    pen.lineJoin = "round";
    pen.fill();
    pen.stroke();
    pen.beginPath();
    pen.arc(16, 15, sign ? 9.5 : radius, 0, 7);
    pen.fillStyle = c.badge;
    pen.fill();
    pen.fillStyle = c.signs[colour];
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = '700 13px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif';
    if (sign) pen.fillText(sign, 16, 15.5);
  });
}

/** A repair shop: filled where it takes cars, hollow where closed, barred where full; a ring where designated. */
function shopIcon(c, designated, status) {
  return draw(20, 20, (pen) => {
    pen.translate(10, 10);
    pen.lineWidth = 2;
    pen.strokeStyle = status === "full" ? c.warn : c.shop;
    pen.save();
    pen.rotate(Math.PI / 4);
    pen.beginPath();
    pen.rect(-5, -5, 10, 10);
    pen.fillStyle = status === "open" ? c.shop : c.edge;
    pen.fill();
    pen.stroke();
    pen.restore();
    pen.beginPath();
    if (status === "full") { pen.moveTo(-4, 0); pen.lineTo(4, 0); }
    else if (designated) pen.arc(0, 0, 1.6, 0, 7);
    pen.strokeStyle = status === "open" ? c.edge : pen.strokeStyle;
    pen.stroke();
  });
}

/** A sign of the road: a bar where it is closed, waves where it is flooded, an arrow where one drives slowly or was measured. */
function roadIcon(c, kind) {
  const shut = kind === "closure" || kind === "flood";
  return draw(26, 26, (pen) => {
    pen.beginPath();
    pen.arc(13, 13, 10.5, 0, 7);
    pen.fillStyle = kind === "closure" ? c.roadShut : kind === "flood" ? c.roadFlood : c.roadSlow;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = c.halo;
    pen.stroke();
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = shut ? 3 : 2.4;
    pen.lineCap = "round";
    pen.beginPath();
    if (kind === "closure") { pen.moveTo(7.5, 13); pen.lineTo(18.5, 13); }
    else if (kind === "flood") for (const y of [10, 16]) { pen.moveTo(7, y); pen.bezierCurveTo(10, y - 4, 12, y + 4, 14, y); pen.bezierCurveTo(16, y - 4, 17, y + 1, 19, y); }
    else { pen.moveTo(13, 18.5); pen.lineTo(13, 8); pen.moveTo(9, 12); pen.lineTo(13, 7.5); pen.lineTo(17, 12); }
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

const ROLES = ["surveyor", "tow_unit", "specialist"];
const TONES = ["off", "old", "idle", "scene", "going"];
const SIDE = 28;

/** Pixels of a unit's mark in the atlas: two for each CSS pixel. */
export const CELL_PX = SIDE * SCALE;

/** Which cell of the atlas shows a unit: ten a row, a row a role. */
export const cellOf = (role, tone, headed) => 10 * Math.max(0, ROLES.indexOf(role)) + 2 * TONES.indexOf(tone) + (headed ? 1 : 0);

/** All marks of units on one canvas. */
export function drawAtlas(c) {
  const canvas = document.createElement("canvas");
  canvas.width = 10 * CELL_PX;
  canvas.height = ROLES.length * CELL_PX;
  const pen = canvas.getContext("2d");
  for (const role of ROLES) for (const tone of TONES) for (const headed of [false, true]) {
    const cell = cellOf(role, tone, headed);
    pen.setTransform(SCALE, 0, 0, SCALE, (cell % 10) * CELL_PX, Math.floor(cell / 10) * CELL_PX);
    unitMark(pen, c, role, tone, headed);
  }
  return canvas;
}

/** A mark as a picture's address, for the legend. */
export function pictureOf(name, c) {
  for (const [known, image] of everyIcon(c)) {
    if (known !== name) continue;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: image.width, height: image.height });
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }
  throw new Error(`no mark ${name}`);
}

function* everyIcon(c) {
  for (const tone of ["waiting", "offered", "going", "scene"]) {
    for (const [tier, mark] of Object.entries(TIER_MARKS)) yield [`incident-${tone}-${tier}`, pin(c, tone, mark)];
  }
  for (const status of ["open", "closed", "full"]) {
    yield [`shop-designated-${status}`, shopIcon(c, true, status)];
    yield [`shop-other-${status}`, shopIcon(c, false, status)];
  }
  for (const kind of ["closure", "flood", "slowdown", "speed"]) yield [`road-${kind}`, roadIcon(c, kind)];
  yield ["arrow-head", arrowHead(c)];
}

/** Put every mark into the map, replacing those of another theme. */
export function putIcons(map, c) {
  for (const [name, image] of everyIcon(c)) {
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: SCALE });
  }
}
