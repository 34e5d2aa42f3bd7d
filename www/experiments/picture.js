// A drawing for paper as a picture of points.

import { Refusal } from "../said.js";
import { words } from "../words/words.js";

/**
 * @param {string} svg
 * @param {number} scale points a pixel of the screen
 * @returns {Promise<Blob>}
 */
export async function pngOf(svg, scale) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Refusal(() => words.experiments.noPicture);
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
