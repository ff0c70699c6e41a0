// What every peer page has to do by itself: tiles to tensors, a YOLOX head to boxes. As short as a page would have it.

/** RGBA of the tile at the tensor's top left, to BGR planes, padded with 114. */
export function toPlanes(rgba, width, height, side) {
  const planes = new Float32Array(3 * side * side).fill(114);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) planes[(2 - c) * side * side + y * side + x] = rgba[from + c];
    }
  }
  return planes;
}

export function boxes(data, tile, { side, strides, threshold }) {
  const found = [];
  let at = 0;
  for (const stride of strides) {
    const cells = side / stride;
    for (let cell = 0; cell < cells * cells; cell++, at += 6) {
      const score = data[at + 4] * data[at + 5];
      if (score < threshold) continue;
      const x = (data[at] + (cell % cells)) * stride;
      const y = (data[at + 1] + Math.floor(cell / cells)) * stride;
      const [w, h] = [Math.exp(data[at + 2]) * stride, Math.exp(data[at + 3]) * stride];
      const { scaleX, scaleY } = tile;
      found.push({
        x: tile.x + (x - w / 2) / scaleX,
        y: tile.y + (y - h / 2) / scaleY,
        width: w / scaleX,
        height: h / scaleY,
        score,
      });
    }
  }
  return found;
}

export function suppress(found, nmsIou) {
  const kept = [];
  for (const box of found.sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => iou(box, other) <= nmsIou)) kept.push(box);
  }
  return kept;
}

function iou(a, b) {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = w > 0 && h > 0 ? w * h : 0;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
