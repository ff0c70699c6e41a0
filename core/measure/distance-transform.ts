/**
 * Squared distance from each pixel's centre to the nearest background pixel's centre; what lies outside the
 * grid is background. Exact, linear in pixels. Source: Felzenszwalb and Huttenlocher, Distance Transforms of
 * Sampled Functions, Theory of Computing 8 (2012), section 2.
 *
 * @param data 0 or 1 a pixel, row by row.
 */
export function squaredDistances(data: Uint8Array, width: number, height: number): Float64Array {
  const distances = Float64Array.from(data, (set) => (set ? Infinity : 0));
  const column = new Float64Array(height + 2);
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < height; y += 1) column[y + 1] = at(distances, y * width + x);
    const result = lowerEnvelope(column);
    for (let y = 0; y < height; y += 1) distances[y * width + x] = at(result, y + 1);
  }
  const row = new Float64Array(width + 2);
  for (let y = 0; y < height; y += 1) {
    row.set(distances.subarray(y * width, (y + 1) * width), 1);
    distances.set(lowerEnvelope(row).subarray(1, width + 1), y * width);
  }
  return distances;
}

/** min over q of (p - q)^2 + f(q) for every p; the two ends are 0, so the envelope is never empty. */
function lowerEnvelope(f: Float64Array): Float64Array {
  const size = f.length;
  const vertex = new Int32Array(size);
  const from = new Float64Array(size + 1);
  let last = 0;
  from[0] = -Infinity;
  from[1] = Infinity;
  for (let q = 1; q < size; q += 1) {
    if (at(f, q) === Infinity) continue;
    let meet = crossing(f, q, vertex[last] ?? 0);
    while (meet <= at(from, last)) {
      last -= 1;
      meet = crossing(f, q, vertex[last] ?? 0);
    }
    last += 1;
    vertex[last] = q;
    from[last] = meet;
    from[last + 1] = Infinity;
  }
  const result = new Float64Array(size);
  let k = 0;
  for (let p = 0; p < size; p += 1) {
    while (at(from, k + 1) < p) k += 1;
    const q = vertex[k] ?? 0;
    result[p] = (p - q) ** 2 + at(f, q);
  }
  return result;
}

const crossing = (f: Float64Array, q: number, v: number): number =>
  (at(f, q) + q * q - (at(f, v) + v * v)) / (2 * q - 2 * v);

/** Indices here are within the array by construction. */
const at = (values: Float64Array, index: number): number => values[index] ?? 0;
