// A photograph as it is sent: a JPEG of at most 2560 px, with the hash of exactly those bytes, and a small one to look at.

const LONGEST_PX = 2560;
const LARGEST_BYTES = 4e6; // a JPEG small enough already goes as it is
const SMALL_PX = 240;
const QUALITY = 0.85;

function drawn(bitmap, longest_px) {
  const scale = Math.min(1, longest_px / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const paint = canvas.getContext("2d");
  paint.fillStyle = "#fff"; // a see-through picture lies on white
  paint.fillRect(0, 0, canvas.width, canvas.height);
  paint.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const jpeg = (canvas) => new Promise((give, fail) => {
  canvas.toBlob((blob) => (blob ? give(blob) : fail(new Error("no picture"))), "image/jpeg", QUALITY);
});

const fits = (file, bitmap) => file.type === "image/jpeg" && file.size <= LARGEST_BYTES && Math.max(bitmap.width, bitmap.height) <= LONGEST_PX;

/** sha256 of a blob in hexadecimal; null where the page was opened without https, which has no hashes. */
async function hashOf(blob) {
  if (!crypto.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A picture of the camera or the album as a JPEG, its longer side at most so long; rejects what the browser cannot open. */
export async function smallerJpeg(file, longest_px) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  try { return await jpeg(drawn(bitmap, longest_px)); } finally { bitmap.close(); }
}

/**
 * Make a file of the camera or the album ready to be sent.
 *
 * @param {File} file
 * @returns {Promise<{blob: Blob, small: Blob, sha256: string|null}>} rejects what the browser cannot open
 */
export async function prepared(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const blob = fits(file, bitmap) ? new Blob([await file.arrayBuffer()], { type: "image/jpeg" }) : await jpeg(drawn(bitmap, LONGEST_PX));
    return { blob, small: await jpeg(drawn(bitmap, SMALL_PX)), sha256: await hashOf(blob) };
  } finally {
    bitmap.close();
  }
}
